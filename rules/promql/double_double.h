// Sums that forget nothing: a number as the unevaluated sum of two doubles, 106 bits in all. What
// was added to such a sum can be taken out again and leaves no rounding behind that a double shows.
// source: T. J. Dekker, "A floating-point technique for extending the available precision" (1971)
// note:   built without contraction of a*b+c (rules/CMakeLists.txt), which would undo it
#pragma once

#include <cmath>
#include <cstdint>

namespace ecsward::promql {

struct DoubleDouble {
  double hi = 0, lo = 0;  // |lo| is at most half a unit in the last place of hi
  double value() const { return hi + lo; }
};

// Exact, as long as nothing overflows.
inline DoubleDouble TwoSum(double a, double b) {
  const double sum = a + b;
  const double of_b = sum - a;
  return {sum, (a - (sum - of_b)) + (b - of_b)};
}
inline DoubleDouble TwoProduct(double a, double b) {
  const double product = a * b;
  return {product, std::fma(a, b, -product)};
}

// |a| is not smaller than |b|.
inline DoubleDouble Normalize(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}
inline DoubleDouble operator-(DoubleDouble a) { return {-a.hi, -a.lo}; }
inline DoubleDouble operator+(DoubleDouble a, DoubleDouble b) {
  DoubleDouble high = TwoSum(a.hi, b.hi);
  const DoubleDouble low = TwoSum(a.lo, b.lo);
  high = Normalize(high.hi, high.lo + low.hi);
  return Normalize(high.hi, high.lo + low.lo);
}
inline DoubleDouble operator-(DoubleDouble a, DoubleDouble b) { return a + -b; }
inline DoubleDouble operator*(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble product = TwoProduct(a.hi, b.hi);
  return Normalize(product.hi, product.lo + (a.hi * b.lo + a.lo * b.hi));
}
// The quotient as one double, right to its last bit or the one before.
inline double Divide(DoubleDouble a, double b) {
  const double quotient = a.value() / b;
  const DoubleDouble rest = a - TwoProduct(quotient, b);
  return quotient + rest.value() / b;
}

// A sum of what is in a window, and how far it can be trusted.
class WindowSum {
 public:
  void Add(DoubleDouble x) {
    // Onto a plain double a plain double adds up exactly; whole numbers stay in this case.
    exact_ = exact_ && sum_.lo == 0 && x.lo == 0;
    sum_ = sum_ + x;
    peak_ = std::fmax(peak_, std::fmax(std::fabs(x.hi), std::fabs(sum_.hi)));
    ++additions_;
  }
  void Add(double x) { Add(DoubleDouble{x, 0}); }
  void Take(DoubleDouble x) { Add(-x); }
  void Take(double x) { Add(-x); }

  DoubleDouble value() const { return sum_; }
  bool exact() const { return exact_; }
  // At most so far from the true sum: each addition is good to 2^-104 of the biggest number seen.
  double error() const { return exact_ ? 0 : std::ldexp(peak_, -104) * additions_; }
  // Whether a result that is a sum with this one in it is good to 14 digits.
  bool GoodFor(double result) const { return exact_ || std::fabs(result) * 0x1p-44 > error(); }

 private:
  DoubleDouble sum_;
  double peak_ = 0;
  std::uint32_t additions_ = 0;
  bool exact_ = true;
};

}  // namespace ecsward::promql
