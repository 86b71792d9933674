#include "workers/deep_probability/slide_embeddings.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "tests/unit/kernels/data/reading.hpp"
#include "tests/unit/workers/deep_probability/written_data.hpp"

namespace reprise::deep_probability {
namespace {

using samples::refusal;
using samples::Written;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t kInputs = 3;

/// Sixteen slides of eight patients, bags of one to four tiles, of which each test changes something.
class SlideEmbeddings : public testing::Test {
 protected:
  SlideEmbeddings() {
    for (unsigned s = 0; s < 16; ++s)
      slides_.push_back(fmt::format("TCGA-05-{:04}-01Z-DX{}", 4000 + s / 2, s % 2));
    write();
  }
  void write(std::size_t labels = 16, unsigned width = kInputs, float value = 0.5F,
             unsigned left_out = 0) const {
    const Written file(folder_, "slides.h5");
    file.root().write_strings("slide_id", slides_);
    std::vector<std::uint8_t> outcomes(labels);
    for (std::size_t i = 0; i < labels; ++i) outcomes[i] = static_cast<std::uint8_t>(i % 2);
    file.add("label", outcomes, {labels});
    for (unsigned s = left_out; s < 16; ++s) {
      std::vector<float> tiles((s % 4 + 1) * width, value);
      tiles[0] = static_cast<float>(s);
      file.add("emb/" + slides_[s], tiles, {s % 4 + 1, width});
    }
  }
  LabelledSamples load(std::uint64_t seed = 0) const {
    return load_slide_embeddings(folder_.path(), kInputs, seed, {2, 1, 1});
  }
  std::string refused() const {
    return refusal([this] { return load(); });
  }
  void write_split(const std::string& more = "", unsigned lines = 16) const {
    std::string text;
    for (unsigned s = 0; s < lines; ++s)
      text += slides_[s] + (s < 8 ? ",training\n" : s < 12 ? ",validation\r\n" : ",test\n");
    folder_.write("split.csv", text + more);
  }

  samples::TemporaryFolder folder_;
  std::vector<std::string> slides_;
};

TEST_F(SlideEmbeddings, AreBagsOfAnySize) {
  const auto slides = load();
  EXPECT_EQ(slides.reader->shape(), (nn::Shape{kInputs}));
  const auto bags = slides.reader->read(std::vector<std::uint32_t>{6, 1});
  EXPECT_EQ(bags.shape(), (nn::Shape{5, kInputs + 1}));
  EXPECT_THAT(bags.values<float>(), ElementsAre(6, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0, 1, 0.5,
                                                0.5, 1, 0.5, 0.5, 0.5, 1));
}

TEST_F(SlideEmbeddings, OfOnePatientStayTogether) {
  EXPECT_EQ(patient_of(slides_[3]), "TCGA-05-4001");
  EXPECT_EQ(patient_of("another-hospital-0001-x"), "another-hospital-0001-x");
  const auto slides = load();
  const auto patients_of = [&](const ImagePart& part) {
    std::set<std::string> found;
    for (const auto slide : part.image) found.insert(patient_of(slides_[slide]));
    return found;
  };
  EXPECT_EQ(slides.training.count(), 8U);
  EXPECT_EQ(patients_of(slides.training).size(), 4U);
  EXPECT_EQ(patients_of(slides.validation).size(), 2U);
  EXPECT_EQ(patients_of(slides.test).size(), 2U);
  EXPECT_NE(load(1).test.image, slides.test.image);
  for (std::size_t k = 0; k < slides.test.count(); ++k)
    EXPECT_EQ(slides.test.label[k], slides.test.image[k] % 2);
}

TEST_F(SlideEmbeddings, FollowAGivenSplit) {
  write_split();
  EXPECT_THAT(load().validation.image, ElementsAre(8, 9, 10, 11));
  EXPECT_THAT(load().test.image, ElementsAre(12, 13, 14, 15));
}

TEST_F(SlideEmbeddings, RefuseAWrongSplitWithItsLine) {
  write_split(slides_[0] + ",test\n");
  EXPECT_THAT(refused(),
              AllOf(HasSubstr("split.csv:17: the slide " + slides_[0]), HasSubstr("was there before")));
  write_split("unheard-of,test\n");
  EXPECT_THAT(refused(), HasSubstr("split.csv:17: there is no slide unheard-of"));
  write_split(slides_[15] + ",holdout\n", 15);
  EXPECT_THAT(refused(),
              HasSubstr("split.csv:16: \"holdout\" is no part; training, validation and test are"));
  write_split("", 15);
  EXPECT_THAT(refused(), HasSubstr("split.csv places 15 of 16 slides"));
  write_split("no comma", 15);
  EXPECT_THAT(refused(), HasSubstr("split.csv:16: must be"));
  folder_.write("split.csv", [this] {
    std::string text;
    for (const auto& slide : slides_) text += slide + ",training\n";
    return text;
  }());
  EXPECT_THAT(refused(), HasSubstr("split.csv leaves a part empty"));
}

TEST_F(SlideEmbeddings, RefuseCountsThatDoNotMatch) {
  write(15);
  EXPECT_THAT(refused(),
              HasSubstr("slides.h5: data set label is uint8 [15]; it must be uint8 or int32 or int64 [16]"));
  write(16, kInputs, 0.5F, 1);
  EXPECT_THAT(refused(), AllOf(HasSubstr("data set slide_id names 16 slides where /emb holds 15"),
                               HasSubstr("/emb lacks " + slides_[0])));
  slides_[1] = slides_[0];
  {
    const Written file(folder_, "slides.h5");
    file.root().write_strings("slide_id", slides_);
  }
  EXPECT_THAT(refused(), HasSubstr("data set slide_id names a slide twice"));
}

TEST_F(SlideEmbeddings, RefuseOtherWidthsTypesAndNumbers) {
  write(16, kInputs + 1);
  EXPECT_THAT(refused(),
              HasSubstr("data set emb/" + slides_[0] + " is float32 [1, 4]; it must be float32 [any, 3]"));
  write(16, kInputs, std::nanf(""));
  EXPECT_THAT(refusal([&] { return load().reader->read(std::vector<std::uint32_t>{3}); }),
              AllOf(HasSubstr("data set emb/" + slides_[3]), HasSubstr("not finite")));
  {
    const Written file(folder_, "slides.h5");
    file.add<std::uint8_t>("slide_id", {1, 2}, {2});
  }
  EXPECT_THAT(refused(), HasSubstr("data set slide_id is uint8 [2]; it must be text [any]"));
}

TEST_F(SlideEmbeddings, RefuseTornAndMissingFiles) {
  samples::tear(folder_.path() / "slides.h5");
  EXPECT_THAT(refused(), HasSubstr("slides.h5 is no whole HDF5 file"));
  std::filesystem::remove(folder_.path() / "slides.h5");
  EXPECT_THAT(refused(), HasSubstr("slides.h5"));
  { const Written nothing(folder_, "slides.h5"); }
  EXPECT_THAT(refused(), HasSubstr("data set slide_id is missing; it would be text [any]"));
}

TEST_F(SlideEmbeddings, TakeStringsAsH5pyWritesThem) {
  if (!samples::python_has("h5py")) GTEST_SKIP() << "h5py is not installed";
  const auto script = folder_.write(
      "write.py", std::string("import sys, h5py, numpy\n"
                              "with h5py.File(sys.argv[1], 'w') as file:\n"
                              "    ids = ['slide%d' % s for s in range(40)]\n"
                              "    file['slide_id'] = ids\n"
                              "    file['label'] = [s % 2 for s in range(40)]\n"
                              "    for s in ids: file['emb/' + s] = numpy.ones((2, 3), 'f4')\n"));
  ASSERT_EQ(samples::run_python(script, (folder_.path() / "slides.h5").string()), 0);
  EXPECT_EQ(load().training.count(), 20U);
}

}  // namespace
}  // namespace reprise::deep_probability
