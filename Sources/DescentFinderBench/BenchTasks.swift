import DescentData
import DescentModels
import DescentRandom
import DescentTraining
import Foundation

extension BenchTask {
  static let all: [BenchTask] = [
    BenchTask(
      name: "digits-mlp", isForDesign: true, hasLongRuns: true, makeTask: { try classes(.digits()) },
      model: MLP(hidden: [64, 64], outputs: 10), batch: 32),
    BenchTask(
      name: "digits-batchnorm", isForDesign: true, makeTask: { try classes(.digits()) },
      model: MLP(hidden: [64, 64], outputs: 10, normalization: .batch), batch: 32),
    BenchTask(
      name: "autoencoder", isForDesign: true, hasLongRuns: true, makeTask: { try numbers(pictures()) },
      model: MLP(hidden: [48, 12, 48], outputs: 64, activation: .tanh, initializer: .glorot), batch: 32),
    BenchTask(
      name: "ill-conditioned", isForDesign: true, hasLongRuns: true, makeTask: { try numbers(stretchedLinear()) },
      model: MLP(hidden: [], outputs: 1, initializer: .normal(0.01)), batch: 32),
    BenchTask(
      name: "spiral", isForDesign: true, makeTask: { try classes(loadDataset("spiral")) },
      model: MLP(hidden: [32, 32], outputs: 3, activation: .tanh, initializer: .glorot), batch: 32),
    BenchTask(
      name: "checkerboard", isForDesign: true, makeTask: { try classes(checkerboard()) },
      model: MLP(hidden: [64, 64], outputs: 2), batch: 32),
    BenchTask(
      name: "deep-tanh", isForDesign: true, makeTask: { try classes(.digits()) },
      model: MLP(hidden: [32, 32, 32, 32, 32], outputs: 10, activation: .tanh, initializer: .glorot), batch: 16),
    BenchTask(
      name: "letters", isForDesign: true, makeTask: { try text(chain(order: 1, count: 12_000, seed: 15)) },
      model: GPT(vocabulary: letters.count, layers: 1, width: 24, heads: 2), batch: 4),
    BenchTask(
      name: "digits-cnn", isForDesign: false, hasLongRuns: true, makeTask: { try classes(.digits()) },
      model: CNN(channels: [8, 16], outputs: 10), batch: 16),
    BenchTask(
      name: "teacher", isForDesign: false, hasLongRuns: true, makeTask: { try numbers(teacher()) },
      model: MLP(hidden: [64, 64], outputs: 1), batch: 32),
    BenchTask(
      name: "transformer", isForDesign: false, makeTask: { try text(chain(order: 2, count: 40_000, seed: 14)) },
      model: GPT(vocabulary: letters.count, layers: 1, width: 32, heads: 2), batch: 8),
    BenchTask(
      name: "fine-tuning", isForDesign: false, hasLongRuns: true, makeTask: { try classes(inverted()) },
      model: MLP(hidden: [64, 64], outputs: 10), batch: 32,
      pretraining: Pretraining(makeTask: { try classes(.digits()) }, steps: 400, rate: 2e-3)),
    BenchTask(
      name: "dropout", isForDesign: false, makeTask: { try classes(.digits()) },
      model: MLP(hidden: [96, 96], outputs: 10, dropout: 0.3), batch: 32),
    BenchTask(
      name: "parity", isForDesign: false, makeTask: { try classes(parity()) },
      model: MLP(hidden: [64], outputs: 2), batch: 32),
    BenchTask(
      name: "copying", isForDesign: false, makeTask: { try text(copied()) },
      model: GPT(vocabulary: 8, layers: 1, width: 32, heads: 2), batch: 8),
    BenchTask(
      name: "noisy-labels", isForDesign: false, makeTask: { try classes(mislabelled()) },
      model: MLP(hidden: [48], outputs: 10), batch: 16),
    BenchTask(
      name: "logistic", isForDesign: false, makeTask: { try classes(.digits()) },
      model: MLP(hidden: [], outputs: 10), batch: 64),
    BenchTask(
      name: "layernorm", isForDesign: false, makeTask: { try classes(inverted()) },
      model: MLP(hidden: [48, 48, 48], outputs: 10, normalization: .layer), batch: 32),
  ]
}
