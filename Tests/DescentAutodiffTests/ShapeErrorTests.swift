import DescentAutodiff
import DescentLinearAlgebra
import Testing

/// An operation on what does not fit it, and all that is told about it.
struct Misfit: CustomTestStringConvertible, Sendable {
  var message: String
  /// What the result is taken for, so that the rest of a model can be traced.
  var shape: [Int]
  /// Traces the operation on tensors of the shapes it asks for.
  var operation: @Sendable (_ numbers: ([Int]) -> Tensor, _ labels: ([Int]) -> Tensor) -> Tensor

  init(
    _ message: String, gives shape: [Int],
    _ operation: @escaping @Sendable (_ numbers: ([Int]) -> Tensor, _ labels: ([Int]) -> Tensor) -> Tensor
  ) {
    self.message = message
    self.shape = shape
    self.operation = operation
  }

  var testDescription: String { message }

  private static let pictures = "convolution in part: needs pictures [rows, height, width, channels] and a kernel "
  private static let kernels = "[height, width, channels, outputs], not "

  static let all: [Misfit] = [
    Misfit(pictures + kernels + "[2, 5, 5] and [3, 3, 1, 4].", gives: [2, 5, 4]) { x, _ in
      x([2, 5, 5]).convolved(with: x([3, 3, 1, 4]))
    },
    Misfit(pictures + kernels + "[2, 5, 5, 1] and [3, 3].", gives: [2, 5, 5, 3]) { x, _ in
      x([2, 5, 5, 1]).convolved(with: x([3, 3]))
    },
    Misfit(pictures + kernels + "[2, 5, 5, 2] and [3, 3, 1, 4].", gives: [2, 5, 5, 4]) { x, _ in
      x([2, 5, 5, 2]).convolved(with: x([3, 3, 1, 4]))
    },
    Misfit(pictures + kernels + "[2, 5, 5, 1] and [3, 3, 1, 4].", gives: [2, 5, 5, 4]) { x, _ in
      x([2, 5, 5, 1]).convolved(with: x([3, 3, 1, 4]), under: Window(3, 2))
    },
    Misfit("convolution in part: a stride of 0 and 0 does not go on.", gives: [2, 1, 1, 4]) { x, _ in
      x([2, 5, 5, 1]).convolved(with: x([3, 3, 1, 4]), stride: 0)
    },
    Misfit("convolution in part: padding cannot be negative.", gives: [2, 1, 1, 4]) { x, _ in
      x([2, 5, 5, 1]).convolved(with: x([3, 3, 1, 4]), padding: -1)
    },
    Misfit("convolution in part: a window of 0×3 covers nothing.", gives: [2, 1, 1, 4]) { x, _ in
      x([2, 5, 5, 1]).convolved(with: x([0, 3, 1, 4]))
    },
    Misfit(
      "convolution in part: a window of 7×3 does not fit into pictures [2, 5, 5, 1] with their padding.",
      gives: [2, 1, 1, 4]
    ) { x, _ in x([2, 5, 5, 1]).convolved(with: x([7, 3, 1, 4])) },
    Misfit("convolution in part: class labels are not numbers to calculate with.", gives: [2, 3, 3, 4]) { x, y in
      y([2, 5, 5, 1]).convolved(with: x([3, 3, 1, 4]))
    },
    Misfit("pool in part: needs pictures [rows, height, width, channels], not [5, 5].", gives: [5, 5]) { x, _ in
      x([5, 5]).maxPooled(Window(2, 2))
    },
    Misfit("pool in part: needs pictures [rows, height, width, channels], not [].", gives: []) { x, _ in
      x([]).averagePooled(Window(2, 2), countsPadding: false)
    },
    Misfit("pool in part: a window of 0×2 covers nothing.", gives: [2, 1, 1, 3]) { x, _ in
      x([2, 5, 5, 3]).maxPooled(Window(0, 2))
    },
    Misfit("pool in part: a stride of -1 and -1 does not go on.", gives: [2, 1, 1, 3]) { x, _ in
      x([2, 5, 5, 3]).averagePooled(Window(2, 2, stride: -1))
    },
    Misfit(
      "pool in part: a window of 2×6 does not fit into pictures [2, 5, 5, 3] with their padding.", gives: [2, 1, 1, 3]
    ) { x, _ in x([2, 5, 5, 3]).averagePooled(Window(2, 6), countsPadding: false) },
    Misfit("gather in part: needs a table [rows, columns] and whole numbers, not [4] and [2].", gives: [2, 4]) { x, y in
      x([4]).gathered(y([2]))
    },
    Misfit("gather in part: needs a table [rows, columns] and whole numbers, not [4, 3] and [2].", gives: [2, 3]) {
      x, _ in
      x([4, 3]).gathered(x([2]))
    },
    Misfit("gather in part: [1, 1, 1, 1, 1, 1, 3] has more than 6 dimensions.", gives: []) { x, y in
      x([4, 3]).gathered(y([1, 1, 1, 1, 1, 1]))
    },
    Misfit("softmax in part: a scalar has no last dimension.", gives: []) { x, _ in x([]).softmax() },
    Misfit(
      "causalSoftmax in part: needs […, time, time] and a scale above 0, not [2, 3, 4] and 1.0.", gives: [2, 3, 4]
    ) { x, _ in x([2, 3, 4]).causalSoftmax() },
    Misfit("causalSoftmax in part: needs […, time, time] and a scale above 0, not [3] and 1.0.", gives: [3]) { x, _ in
      x([3]).causalSoftmax()
    },
    Misfit("causalSoftmax in part: needs […, time, time] and a scale above 0, not [3, 3] and 0.0.", gives: [3, 3]) {
      x, _ in
      x([3, 3]).causalSoftmax(scale: 0)
    },
    Misfit(
      "causalSoftmax in part: needs […, time, time] and a scale above 0, not [3, 3] and nan.", gives: [3, 3]
    ) { x, _ in x([3, 3]).causalSoftmax(scale: .nan) },
    Misfit("concatenate in part: [[2, 3], [2, 4]] do not fit along dimension 0.", gives: [2, 3]) { x, _ in
      .concatenated([x([2, 3]), x([2, 4])], along: 0)
    },
    Misfit("concatenate in part: [[2, 3], [2, 3, 1]] do not fit along dimension 1.", gives: [2, 3]) { x, _ in
      .concatenated([x([2, 3]), x([2, 3, 1])], along: 1)
    },
    Misfit("concatenate in part: [[2, 3], [2, 3]] do not fit along dimension 2.", gives: [2, 3]) { x, _ in
      .concatenated([x([2, 3]), x([2, 3])], along: 2)
    },
    Misfit("concatenate in part: [[2, 3]] do not fit along dimension -1.", gives: [2, 3]) { x, _ in
      .concatenated([x([2, 3])], along: -1)
    },
    Misfit("dropout in part: a probability to keep of 0.0 must be above 0 and at most 1.", gives: [5]) { _, y in
      .mask(state: y([4]), layer: 0, keep: 0, shape: [5])
    },
    Misfit("dropout in part: a probability to keep of 1.5 must be above 0 and at most 1.", gives: [5]) { _, y in
      .mask(state: y([4]), layer: 0, keep: 1.5, shape: [5])
    },
    Misfit("dropout in part: a probability to keep of nan must be above 0 and at most 1.", gives: [5]) { _, y in
      .mask(state: y([4]), layer: 0, keep: .nan, shape: [5])
    },
    Misfit("dropout in part: a layer's number of -1 must be from 0 to 2147483647.", gives: [5]) { _, y in
      .mask(state: y([4]), layer: -1, keep: 0.5, shape: [5])
    },
    Misfit("dropout in part: needs a random state of four whole numbers, not [4] numbers.", gives: [5]) { x, _ in
      .mask(state: x([4]), layer: 0, keep: 0.5, shape: [5])
    },
    Misfit("dropout in part: needs a random state of four whole numbers, not [3].", gives: [5]) { _, y in
      .mask(state: y([3]), layer: 0, keep: 0.5, shape: [5])
    },
    Misfit("crossEntropy in part: needs logits [rows, classes] and labels [rows], not [4, 3] and [5].", gives: [4]) {
      x, y in x([4, 3]).crossEntropy(labels: y([5]), smoothing: 0.1)
    },
    Misfit("crossEntropy in part: needs logits [rows, classes] and labels [rows], not [4] and [4].", gives: [4]) {
      x, y in x([4]).crossEntropy(labels: y([4]), smoothing: 0.1)
    },
    Misfit("oneHot in part: needs class labels.", gives: [4, 3]) { x, _ in x([4]).oneHot(classes: 3) },
    Misfit("oneHot in part: [4, -3] has a negative size.", gives: []) { _, y in y([4]).oneHot(classes: -3) },
    Misfit("reshape in part: [-2, -3] has a negative size.", gives: []) { x, _ in x([6]).reshaped([-2, -3]) },
    Misfit("matmul in part: [2, 3, 4] and [3, 4, 5] differ in their leading dimensions.", gives: [2, 3, 5]) { x, _ in
      x([2, 3, 4]).matmul(x([3, 4, 5]))
    },
  ]
}

@Suite struct ShapeErrorTests {
  @Test(arguments: Misfit.all)
  func `what does not fit is told with operation, place and shapes, and tracing goes on`(_ misfit: Misfit) throws {
    let tape = Tape()
    let (numbers, labels) = (tape.buffer("numbers"), tape.buffer("labels"))
    let result = tape.scope("part") {
      misfit.operation({ tape.source(numbers, shape: $0) }, { tape.labels(labels, shape: $0) })
    }
    #expect(tape.error?.description == misfit.message)
    #expect(result.shape == misfit.shape)
    // What follows is traced on the likely shape, and its misfits are not told.
    let x = tape.source(numbers, shape: misfit.shape)
    let sum = ((result + x).exp() * result).sum()
    let gradient = tape.gradient(of: sum, by: [x])[0]
    let product = tape.tangents(of: [gradient], inputs: [x], directions: [result])[0]
    #expect(sum.shape == [] && gradient.shape == misfit.shape && product.shape == misfit.shape)
    _ = sum.matmul(sum)
    let error = #expect(throws: ShapeError.self) { try tape.compile([ProgramOutput(product, to: numbers)]) }
    #expect(error?.description == misfit.message)
  }
}
