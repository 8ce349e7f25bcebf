/// What a step does besides the rule, in the same pass over memory.
public struct UpdatePass<Scalar: UpdateScalar> {
  /// An average kept beside the parameters: a ← a + weight·(p − a), after the step.
  public struct Average {
    /// As many elements as there are parameters, apart from all other vectors.
    public var values: UnsafeMutablePointer<Scalar>
    /// 0…1; 1 for an average of zeros makes it the parameters exactly.
    public var weight: Double

    public init(values: UnsafeMutablePointer<Scalar>, weight: Double) {
      self.values = values
      self.weight = weight
    }

    func from(_ start: Int) -> Average { Average(values: values + start, weight: weight) }
  }

  /// What multiplies the gradient before anything else: 1/K where it is a sum over K micro-batches.
  public var gradientScale: Double
  public var clipping: GradientClipping?
  public var average: Average?

  public init(gradientScale: Double = 1, clipping: GradientClipping? = nil, average: Average? = nil) {
    self.gradientScale = gradientScale
    self.clipping = clipping
    self.average = average
  }
}
