#include "pipeline/data/data_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>

#include "pipeline/base/errors.hpp"
#include "pipeline/data/report.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// A temporary folder, and an environment that leads nowhere else.
class Data : public testing::Test {
 protected:
  Data() {
    for (const char* name : {"REPRISE_DATA", "XDG_DATA_HOME", "XDG_DATA_DIRS", "HOME"}) {
      if (const char* value = std::getenv(name)) saved_[name] = value;
      unsetenv(name);
    }
    set("XDG_DATA_DIRS", folder_ / "share");
    digits_.system_folders = {folder_ / "debian"};
  }
  ~Data() override {
    for (const char* name : {"REPRISE_DATA", "XDG_DATA_HOME", "XDG_DATA_DIRS", "HOME"}) unsetenv(name);
    for (const auto& [name, value] : saved_) setenv(name.c_str(), value.c_str(), 1);
  }

  static void set(const char* name, const fs::path& value) { setenv(name, value.c_str(), 1); }
  /// Makes the data set in a folder, `bytes` long.
  void install(const fs::path& folder, std::size_t bytes = 6) const {
    fs::create_directories(folder_ / folder);
    std::ofstream(folder_ / folder / "x.csv") << std::string(bytes, 'x');
    std::ofstream(folder_ / folder / "y.csv") << "y";
  }

  samples::TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
  std::map<std::string, std::string> saved_;
  DataSet digits_{
      "digits", "handwritten digits", {{"x.csv", 6, {}}, {"y.csv", {}, {}}}, "python3-sklearn", "", {}, {}};
};

TEST_F(Data, IsNotThereInAnEmptyWorld) {
  EXPECT_FALSE(locate(digits_));
}

TEST_F(Data, IsLookedForInOrder) {
  set("REPRISE_DATA", (folder_ / "a").string() + "::" + (folder_ / "b").string());
  set("XDG_DATA_HOME", folder_ / "home");
  set("XDG_DATA_DIRS", (folder_ / "share").string() + ":not/absolute:" + (folder_ / "share2").string());
  // Each is found before all that were made earlier.
  for (const char* each : {"debian", "share2/reprise/digits", "share/reprise/digits", "home/reprise/digits",
                           "b/digits", "a/digits"}) {
    install(each);
    const auto located = locate(digits_);
    ASSERT_TRUE(located) << each;
    EXPECT_EQ(located->folder, folder_ / each);
    EXPECT_THAT(located->files, ElementsAre(folder_ / each / "x.csv", folder_ / each / "y.csv"));
  }
  EXPECT_EQ(search(digits_).size(), 6U);
}

TEST_F(Data, IsLookedForInTheHomeFolder) {
  set("HOME", folder_);
  install(".local/share/reprise/digits");
  ASSERT_TRUE(locate(digits_));
  set("XDG_DATA_HOME", "");  // as good as unset
  EXPECT_TRUE(locate(digits_));
  set("XDG_DATA_HOME", folder_ / "elsewhere");
  EXPECT_FALSE(locate(digits_));
}

TEST_F(Data, IsPassedOverWhereItIsNotWhole) {
  set("REPRISE_DATA", folder_ / "a");
  install("a/digits", 5);
  install("debian");
  EXPECT_EQ(require(digits_).folder, folder_ / "debian");
  fs::remove(folder_ / "debian/y.csv");
  EXPECT_FALSE(locate(digits_));
  const auto text = explain_missing(digits_);
  EXPECT_THAT(text, HasSubstr((folder_ / "a/digits").string() +
                              " ($REPRISE_DATA): x.csv has 5 bytes where 6 are expected"));
  EXPECT_THAT(text, HasSubstr("share/reprise/digits (the system's data): no such folder"));
  EXPECT_THAT(text, HasSubstr("debian (Debian's package): lacks y.csv"));
}

TEST_F(Data, ExplainsHowToGetIt) {
  const auto text = explain_missing(digits_);
  EXPECT_THAT(text, HasSubstr("digits (handwritten digits) is missing"));
  EXPECT_THAT(text, HasSubstr("apt-get install python3-sklearn"));
  EXPECT_THAT(text,
              HasSubstr("apt-get download python3-sklearn && dpkg-deb -x python3-sklearn_*.deb unpacked"));
  EXPECT_THAT(text, HasSubstr("cp unpacked" + (folder_ / "debian/x.csv").string()));
  auto by_hand = digits_;
  by_hand.debian_package.clear();
  by_hand.how_to_get = "ask the authors";
  EXPECT_THAT(explain_missing(by_hand), HasSubstr("ask the authors"));
  EXPECT_THAT(explain_missing(by_hand), Not(HasSubstr("apt-get")));
  try {
    require(digits_);
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_EQ(error.what(), text);
  }
}

TEST_F(Data, TellsOddThingsInItsPlace) {
  fs::create_directories(folder_ / "debian/x.csv");
  EXPECT_THAT(search(digits_).back().problem, "x.csv is not a file");
  fs::remove_all(folder_ / "debian");
  std::ofstream(folder_ / "debian") << "a file";
  EXPECT_THAT(search(digits_).back().problem, "not a folder");
  fs::remove(folder_ / "debian");
  fs::create_symlink(folder_ / "debian", folder_ / "debian");
  EXPECT_THAT(search(digits_).back().problem, HasSubstr("can't be read"));
}

TEST_F(Data, HasADigestOfItsContentsWhereverItIs) {
  install("debian");
  const auto before = digest(digits_, require(digits_));
  set("REPRISE_DATA", folder_ / "a");
  install("a/digits");
  EXPECT_EQ(digest(digits_, require(digits_)), before);
  std::ofstream(folder_ / "a/digits/y.csv") << "z";
  EXPECT_NE(digest(digits_, require(digits_)), before);
}

TEST_F(Data, MayBeFoldersAndHaveFilesThatAreOptional) {
  const DataSet scenes{"scenes", "frames",    {{"frames", {}, {}, true}, {"split.csv", {}, {}, false, true}},
                       "",       "film them", {folder_ / "debian"},
                       {}};
  fs::create_directories(folder_ / "debian");
  EXPECT_EQ(search(scenes).back().problem, "lacks the folder frames");
  EXPECT_THAT(explain_missing(scenes), HasSubstr("Put frames into"));
  fs::create_directories(folder_ / "debian/frames");
  EXPECT_EQ(search(scenes).back().problem, "frames is empty");
  std::ofstream(folder_ / "debian/frames/1.jpg") << "one";
  const auto located = require(scenes);
  for (const auto& key : {digest, fingerprint}) {
    const auto before = key(scenes, located);
    std::ofstream(folder_ / "debian/split.csv") << "a";
    const auto with_split = key(scenes, located);
    EXPECT_NE(with_split, before);
    std::ofstream(folder_ / "debian/frames/2.jpg") << "two";
    EXPECT_NE(key(scenes, located), with_split);
    fs::remove(folder_ / "debian/split.csv");
    fs::remove(folder_ / "debian/frames/2.jpg");
    EXPECT_EQ(key(scenes, located), before);
    std::ofstream(folder_ / "debian/frames/1.jpg") << "One";
    EXPECT_NE(key(scenes, located), before);
    std::ofstream(folder_ / "debian/frames/1.jpg") << "one";
  }
  EXPECT_THAT(check(scenes, located), ElementsAre());
  fs::remove_all(folder_ / "debian/frames");
  std::ofstream(folder_ / "debian/frames") << "a file";
  EXPECT_EQ(search(scenes).back().problem, "frames is not a folder");
}

TEST_F(Data, HasAFingerprintThatSeesBlocksOfLargeFiles) {
  install("debian");
  const auto large = folder_ / "debian/y.csv";
  fs::resize_file(large, std::uintmax_t{300} << 20);  // of zeros that take no room on the disk
  const auto located = require(digits_);
  const auto before = fingerprint(digits_, located);
  EXPECT_EQ(fingerprint(digits_, located), before);
  std::fstream(large, std::ios::in | std::ios::out).seekp(-1, std::ios::end).put('x');
  const auto changed = fingerprint(digits_, located);
  EXPECT_NE(changed, before);
  fs::resize_file(large, (std::uintmax_t{300} << 20) + 1);
  EXPECT_NE(fingerprint(digits_, located), changed);
}

TEST_F(Data, HasTheDigestsOfXxh3) {
  install("debian");
  std::ofstream(folder_ / "empty");
  // The empty input's, from xxHash's own specification.
  EXPECT_EQ(digest_file(folder_ / "empty").hex(), "99aa06d3014798d86001c324468d497f");
  std::string large(3'500'000, 'a');
  std::ofstream(folder_ / "large") << large;
  EXPECT_EQ(digest_file(folder_ / "large"), hash_bytes(std::as_bytes(std::span(large))));
  EXPECT_THROW(digest_file(folder_ / "none"), Error);
  EXPECT_THROW(digest_file(folder_), Error);
}

TEST_F(Data, IsCheckedAgainstWhatIsExpected) {
  install("debian");
  const auto located = require(digits_);
  EXPECT_THAT(check(digits_, located), ElementsAre());
  EXPECT_TRUE(check_all(std::vector{digits_}).sound);
  EXPECT_THAT(check_all(std::vector{digits_}).text, HasSubstr("sound: " + located.folder.string()));

  auto strict = digits_;
  strict.files[0].digest = Key{1, 2};
  strict.check = [](const fs::path& folder) { return folder.filename() == "debian" ? "has no header" : ""; };
  EXPECT_THAT(check(strict, located),
              ElementsAre(HasSubstr("x.csv has other contents than expected"), "has no header"));
  EXPECT_FALSE(check_all(std::vector{strict}).sound);

  fs::remove(located.files[0]);
  EXPECT_THAT(check(digits_, located), ElementsAre(HasSubstr("x.csv can't be read: No such file")));
  const auto report = check_all(std::vector{digits_});
  EXPECT_FALSE(report.sound);
  EXPECT_THAT(report.text, HasSubstr("apt-get install python3-sklearn"));
}

TEST_F(Data, IsListed) {
  EXPECT_EQ(list_text({}), "no paper needs data\n");
  EXPECT_EQ(list_text(std::vector{digits_}),
            "digits  missing (package python3-sklearn): handwritten digits\n");
  install("debian");
  EXPECT_THAT(list_text(std::vector{digits_}),
              HasSubstr((folder_ / "debian").string() + ": handwritten digits"));
  install("share/reprise/digits");
  EXPECT_THAT(where_text(digits_), HasSubstr("share/reprise/digits (the system's data): used\n"));
  EXPECT_THAT(where_text(digits_), HasSubstr("debian (Debian's package): there too, but not used\n"));
}

}  // namespace
}  // namespace reprise
