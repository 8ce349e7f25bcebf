import Descent

/// The example of the article on the edge of stability.
func trainAtTheEdge() throws -> EdgeResult {
  let example = try EdgeExample.chebyshev()
  let setup = try example.setUp(example.specification)
  let rates = try Schedule(.constant()).resolved(peak: 0.4, horizon: setup.horizon(steps: 8000))
  var training = try EdgeTraining(setup, rates: rates, timing: .every(10))
  let result = try training.run()
  print(result.record.verdict, result.record.summary.meanRatio ?? .nan)
  return result
}
