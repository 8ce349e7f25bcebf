/// What fastai's `Learner.lr_find` hands to its suggestion functions: smoothed losses and rates in Float32 without
/// the first n/10 and the last 5 points, cut off before the first NaN.
struct FastaiCurve {
  private let rates: [Double]
  private let losses: [Float]

  init(_ rates: [Double], _ raw: [Double]) {
    // AvgSmoothLoss: torch.lerp(loss, average, 0.98), whose product and sum PyTorch fuses, and division by 1 −
    // 0.98^count, in Float32. Ties are broken by the last bit, so the order of operations matters.
    var smooth: [Float] = []
    var average: Float = 0
    var power = 1.0
    for loss in raw {
      average.addProduct(Float(loss) - average, 1 - Float(0.98))
      power *= 0.98
      smooth.append(average / Float(1 - power))
    }
    var kept = pythonSlice(raw.count, from: raw.count / 10, dropping: 5)
    if let cut = kept.first(where: { smooth[$0].isNaN }) { kept = kept.lowerBound..<cut }
    self.rates = Array(rates[kept])
    losses = Array(smooth[kept])
  }

  /// Lengths of the longest falling subsequence ending at each point, by patience sorting; fastai's loops are
  /// quadratic.
  var valley: Double? {
    var ends: [Float] = []  // ends[l]: the largest last value of a falling subsequence of length l + 1
    var longest = 1
    var end = 0
    var start = 0
    for (i, loss) in losses.enumerated() {
      var low = 0
      var high = ends.count
      while low < high {
        let middle = (low + high) / 2
        if ends[middle] > loss { low = middle + 1 } else { high = middle }
      }
      if low == ends.count { ends.append(loss) } else { ends[low] = loss }
      if ends.count > longest {
        longest = ends.count
        end = i
        start = end - longest  // −1 when the whole curve falls: Python then counts from the end
      }
    }
    let third = Double(end - start) / 3
    let index = start + Int(third) + Int(third / 2)
    return element(index)
  }

  var slide: Double? {
    guard losses.count >= 16 else { return nil }
    let gradient = unitGradient(losses)
    var right = losses.count - 1
    var left = right - 15
    var chosen = left
    while left >= 0, abs(gradient[right] - gradient[left]) > 0.005 {
      chosen = left
      right -= 1
      left -= 1
    }
    return rates[chosen]
  }

  var minimum: Double? { argmin(losses).map { rates[$0] / 10 } }

  var steep: Double? {
    guard losses.count >= 2 else { return nil }
    let logs = rates.map { logarithm(Float($0)) }
    let slopes = (1..<losses.count).map { i -> Float in (losses[i] - losses[i - 1]) / (logs[i] - logs[i - 1]) }
    return argmin(slopes).map { rates[$0] }
  }

  /// Python's `rates[index]`; nil where it raises IndexError.
  private func element(_ index: Int) -> Double? {
    let position = index < 0 ? index + rates.count : index
    return rates.indices.contains(position) ? rates[position] : nil
  }
}
