/// Final loss against the peak rate, over runs of one length.
public struct RateCurve: Sendable, Hashable, Codable {
  /// What the runs at one rate came to.
  public struct Point: Sendable, Hashable, Codable {
    public var rate: Double
    /// Mean over the seeds; infinite if a run diverged.
    public var loss: Double
    /// The losses of the seeds, in their order.
    public var losses: [Double]
  }

  /// loss(η) = ``loss`` + ``curvature`` · (log₁₀ η − log₁₀ ``rate``)².
  public struct Parabola: Sendable, Hashable, Codable {
    /// Where it is lowest.
    public var rate: Double
    /// Its lowest value.
    public var loss: Double
    /// Loss for each decade squared, above 0.
    public var curvature: Double
  }

  public var stage: FoundRate.Stage
  /// Optimizer steps of its runs.
  public var steps: Int
  /// In order of their rates.
  public var points: [Point]
  /// The middle of the curve's bottom, which the answer is reckoned from: the mean of log₁₀ η weighed by how low the
  /// curve is there.
  public var centre: Double
  /// The parabola through the lowest point and its neighbours, to draw; nil where they do not bend upwards.
  public var fit: Parabola?
}
