#include "pipeline/run/publisher.hpp"

namespace reprise {

Publisher::Publisher(Store& store, Ledger& ledger, Origin origin, std::int64_t epoch, Settings settings)
    : store_(store),
      ledger_(ledger),
      origin_(std::move(origin)),
      epoch_(epoch),
      settings_(settings),
      open_(std::make_unique<SegmentWriter>(origin_)),
      thread_([this] { work(); }) {}

Publisher::~Publisher() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Publisher::add(const FinishedRow& row, const Origin& origin, RowProvenance provenance) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return error_ || open_->bytes() < 4 * settings_.bytes; });
  if (error_) std::rethrow_exception(error_);
  provenance.origin = open_->add_origin(origin);
  open_->add(row.kind->identity, row.key, row.input, row.output, provenance);
  if (open_->rows() == 1) {
    oldest_ = Clock::now();
    changed_.notify_all();
  } else if (open_->bytes() >= settings_.bytes) {
    changed_.notify_all();
  }
}

void Publisher::flush() {
  std::unique_lock lock(mutex_);
  flushing_ = true;
  changed_.notify_all();
  changed_.wait(lock, [&] { return error_ || (open_->rows() == 0 && !writing_); });
  flushing_ = false;
  if (error_) std::rethrow_exception(error_);
}

void Publisher::check() {
  const std::scoped_lock lock(mutex_);
  if (error_) std::rethrow_exception(error_);
}

bool Publisher::due() const {
  if (open_->rows() == 0) return false;
  return flushing_ || open_->bytes() >= settings_.bytes || Clock::now() - oldest_ >= settings_.longest;
}

void Publisher::work() {
  std::unique_lock lock(mutex_);
  while (!closing_) {
    if (!due()) {
      if (open_->rows() == 0) {
        changed_.wait(lock);
      } else {
        changed_.wait_until(lock, oldest_ + std::chrono::duration_cast<Clock::duration>(settings_.longest));
      }
      continue;
    }
    auto full = std::exchange(open_, std::make_unique<SegmentWriter>(origin_));
    SegmentHeader header;
    header.epoch = epoch_;
    header.sequence = sequence_++;
    writing_ = true;
    lock.unlock();
    std::exception_ptr error;
    try {
      store_.publish(*full, header);
      ledger_.mark_published(full->rows());
      on_published(full->rows());
    } catch (...) {
      error = std::current_exception();
    }
    if (error) on_error();
    lock.lock();
    writing_ = false;
    if (error) {
      error_ = error;
      closing_ = true;
    }
    changed_.notify_all();
  }
}

}  // namespace reprise
