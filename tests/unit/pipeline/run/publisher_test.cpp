#include "pipeline/run/publisher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/pipeline/run/tiny_paper.hpp"
#include "tests/unit/pipeline/store/faulty_file_system.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise {
namespace {

using namespace samples;  // NOLINT
using namespace std::chrono_literals;

class PublisherTest : public testing::Test {
 protected:
  Key key(std::uint64_t i) const {
    return task_key(key_context(tiny_kind().identity, 1, "generic"), tiny_input(i));
  }
  /// A finished row, as the ledger gives it.
  FinishedRow finish(std::uint64_t i) {
    Mapping mapping;
    mapping.kind = &tiny_kind();
    mapping.context = key_context(mapping.kind->identity, 1, "generic");
    mapping.size = 1;
    mapping.input = [i](std::size_t) { return tiny_input(i); };
    ledger_.begin(mapping);
    ledger_.request(mapping, {});
    ledger_.take(0, 1, false);
    auto row = ledger_.complete(key(i), encode(TinyOutput{static_cast<double>(i), ""}), false, 0.5);
    ledger_.end(mapping);
    return *std::move(row);
  }
  static void wait_for(const std::function<bool()>& there) {
    for (int i = 0; i < 1000 && !there(); ++i) std::this_thread::sleep_for(10ms);
    EXPECT_TRUE(there());
  }

  TemporaryFolder folder_;
  FaultyFileSystem files_{folder_.path()};
  Store store_{folder_.path(), files_};
  Ledger ledger_{store_, {}};
  void SetUp() override { store_.scan_and_tidy(); }
};

TEST_F(PublisherTest, AfterFlushAllRowsAreStored) {
  std::size_t told = 0;
  {
    Publisher publisher(store_, ledger_, {}, 4, {3600s});
    publisher.on_published = [&](std::size_t rows) { told += rows; };
    publisher.flush();  // nothing to do
    for (std::uint64_t i = 0; i < 10; ++i) publisher.add(finish(i), {}, {});
    EXPECT_EQ(store_.size(), 0U);
    publisher.flush();
    EXPECT_EQ(store_.size(), 10U);
    for (std::uint64_t i = 10; i < 12; ++i) publisher.add(finish(i), {}, {});
    publisher.flush();
  }
  EXPECT_EQ(told, 12U);
  EXPECT_THAT(list_segments(store_.segments_folder()),
              testing::ElementsAre("e4-r0000-00000.h5", "e4-r0000-00001.h5"));
  EXPECT_EQ(decode<TinyOutput>(store_.output(key(7))).value, 7);
}

TEST_F(PublisherTest, RowsArePublishedWhenTheyAreOldEnough) {
  Publisher publisher(store_, ledger_, {}, 1, {50ms});
  publisher.add(finish(1), {}, {});
  wait_for([&] { return store_.size() == 1; });
  publisher.add(finish(2), {}, {});
  wait_for([&] { return store_.size() == 2; });
}

TEST_F(PublisherTest, RowsArePublishedWhenThereAreEnough) {
  Publisher publisher(store_, ledger_, {}, 1, {3600s, 1000});
  for (std::uint64_t i = 0; i < 600; ++i) publisher.add(finish(i), {}, {});
  wait_for([&] { return store_.size() >= 256; });
}

TEST_F(PublisherTest, RowsKeepWhereTheyWereComputed) {
  Publisher publisher(store_, ledger_, {}, 1, {3600s});
  Origin far;
  far.host = "far away";
  publisher.add(finish(1), {}, {});
  publisher.add(finish(2), far, {0.5F, 0.25F, 3, 0});
  publisher.flush();
  const auto segment = Segment::open(store_.segments_folder() / "e1-r0000-00000.h5");
  const auto rows = segment.tables()[0].provenance.read(0, 2);
  const auto second = decode<RowProvenance>(rows[1]);
  EXPECT_EQ(segment.origins().at(second.origin).host, "far away");
  EXPECT_EQ(second.rank, 3U);
}

TEST_F(PublisherTest, AFullDiskIsToldToWhoeverAddsFlushesOrChecks) {
  files_.arm(FaultyFileSystem::Fault::error, files_.operations() + 1);
  std::atomic<bool> told{false};
  Publisher publisher(store_, ledger_, {}, 1, {1ms});
  publisher.on_error = [&] { told = true; };
  publisher.add(finish(1), {}, {});
  wait_for([&] { return told.load(); });
  EXPECT_THROW(publisher.flush(), Error);
  EXPECT_THROW(publisher.check(), Error);
  EXPECT_THROW(publisher.add(finish(2), {}, {}), Error);
  EXPECT_EQ(store_.size(), 0U);
}

}  // namespace
}  // namespace reprise
