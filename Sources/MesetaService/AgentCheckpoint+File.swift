// What an agent has to know after a restart, as the bytes of a file: one record, framed as all of ours are.

import MesetaAgent
import MesetaModel
import MesetaProtocol
import MesetaWire

extension AgentCheckpoint {
  /// The longest record that is believed.
  private static let maximumLength = 64 << 20

  var fileBytes: [UInt8] {
    var record: [UInt8] = []
    var encoder = MessageEncoder()
    encoder.encodeValue(
      AgentCheckpointRecord(
        agentID: agentID, resources: resources, removedVolumes: removedVolumes, operations: operations),
      into: &record)
    var bytes: [UInt8] = []
    RecordFile.appendHeader(to: &bytes)
    RecordFile.append(record: record, to: &bytes)
    return bytes
  }

  /// - Throws: why the bytes are no checkpoint that this version knows, as a clause.
  init(fileBytes bytes: [UInt8]) throws(CheckpointProblem) {
    do {
      var reader = try RecordFileReader(bytes, maximumLength: Self.maximumLength)
      guard let record = try reader.next() else { throw CheckpointProblem(description: "it holds no record") }
      var decoder = MessageDecoder()
      let stored = try decoder.decodeValue(AgentCheckpointRecord.self, from: Array(record))
      self.init(
        agentID: stored.agentID, resources: stored.resources, removedVolumes: stored.removedVolumes,
        operations: stored.operations)
    } catch let problem as CheckpointProblem {
      throw problem
    } catch {
      throw CheckpointProblem(description: "\(error)")
    }
    if let problem = Identifier.problem(with: agentID.value) {
      throw CheckpointProblem(description: "the agent id \(agentID.value.debugDescription) \(problem)")
    }
  }
}

/// What is wrong with the bytes of a checkpoint.
struct CheckpointProblem: Error, CustomStringConvertible {
  var description: String
}
