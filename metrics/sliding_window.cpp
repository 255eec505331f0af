#include "metrics/sliding_window.h"

#include <algorithm>

namespace ecsward {

static_assert((SlidingWindow::kCapacity & (SlidingWindow::kCapacity - 1)) == 0,
              "a power of two: places wrap by themselves");

void SlidingWindow::Add(MonoTime now, double value) {
  samples_[next_] = {now, value};
  next_ = (next_ + 1) % kCapacity;
  size_ = std::min(size_ + 1, kCapacity);
}

bool SlidingWindow::Stats(MonoTime now, std::chrono::nanoseconds width, WindowStats& out) const {
  std::size_t count = 0;
  double sum = 0;
  for (std::size_t back = 1; back <= size_; ++back) {
    const Sample& sample = samples_[(next_ - back) % kCapacity];
    if (now - sample.time >= width) break;
    out.min = count == 0 ? sample.value : std::min(out.min, sample.value);
    out.max = count == 0 ? sample.value : std::max(out.max, sample.value);
    sum += sample.value;
    ++count;
  }
  if (count == 0) return false;
  out.avg = sum / static_cast<double>(count);
  return true;
}

}  // namespace ecsward
