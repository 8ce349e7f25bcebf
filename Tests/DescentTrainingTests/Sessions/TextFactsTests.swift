import DescentData
import DescentModels
import DescentTraining
import Foundation
import Testing

struct TextFactsTests {
  private func task(_ text: String, context: Int) throws -> TrainingTask {
    let data = Dataset(name: "own.txt", text: try TokenSequence(text), context: context)
    return try TrainingTask(data: data, split: DataSplit(of: data), loss: .crossEntropy)
  }

  @Test func `A checkpoint keeps a text's characters, and other text is fitted to them`() throws {
    let facts = DataFacts(try task("hello world\nhello", context: 4))
    let json = try JSONEncoder().encode(facts)
    let read = try JSONDecoder().decode(DataFacts.self, from: json)
    #expect(read == facts)
    #expect(read.vocabulary?.count == 9 && read.tokenCount == 17 && read.featureCount == 4)
    #expect(read.classes == nil && read.featureScaling == nil)

    let other = Dataset(name: "other.txt", text: try TokenSequence("old rowdy"), context: 1)
    let error = #expect(throws: DataError.self) { try read.fitted(other) }
    #expect(error?.description.hasPrefix("other.txt:1: \"y\" in column 9 is not among the 9 characters") == true)
    let fitted = try read.fitted(Dataset(name: "other.txt", text: try TokenSequence("old row"), context: 1))
    #expect(fitted.positionsPerRow == 4 && fitted.rows == 1)
    // Of newline, space, d, e, h, l, o, r, w.
    #expect(fitted.gather([0]) == [6, 5, 2, 1])
  }

  @Test func `Text and numbers are not taken for each other`() throws {
    let facts = DataFacts(try task("hello world\nhello", context: 4))
    let error = #expect(throws: DataError.self) { try facts.fitted(Dataset.digits()) }
    #expect(error?.description == "digits is not text, but the model was trained on text.")
    let digits = Dataset.digits()
    let numbers = DataFacts(try TrainingTask(data: digits, split: DataSplit(of: digits), loss: .crossEntropy))
    let text = Dataset(name: "other.txt", text: try TokenSequence("old row"), context: 1)
    let refusal = #expect(throws: TaskError.self) { try numbers.fitted(text) }
    #expect(refusal?.description == "other.txt is text, but the model was trained on rows of 64 features.")
  }

  @Test func `A text in another length or with other characters is not the same data`() throws {
    let facts = DataFacts(try task("hello world\nhello", context: 4))
    #expect(facts != DataFacts(try task("hello world\nhello ", context: 4)))
    #expect(facts != DataFacts(try task("hello world\nhellO", context: 4)))
    #expect(facts != DataFacts(try task("hello world\nhello", context: 5)))
  }
}
