// Effects as bytes of a recording.

import MesetaAgent
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaWire

extension Effect {
  /// Which effect it is, of those that only one kind of machine has.
  private enum Kind: UInt64 {
    case connect = 1
    case store = 2
    case checkpoint = 3
    case launch = 4
    case kill = 5
    case forget = 6
    case listFiles = 7
    case readFile = 8
    case exit = 9
    case measureUsage = 20
  }

  /// Appends the bytes of an effect that a master or an agent may ask for.
  func encode(with encoder: inout EffectEncoder, into bytes: inout [UInt8]) {
    func begin(_ kind: Kind) { encoder.begin(local: kind.rawValue, into: &bytes) }
    switch self {
    case .send(let message, let session): encoder.encode(message, to: session, into: &bytes)
    case .respond(let request, let outcome): encoder.encode(outcome, of: request, into: &bytes)
    case .close(let session, let reason): encoder.encode(closing: session, reason: reason, into: &bytes)
    case .log(let level, let text): encoder.encode(logging: level, text, into: &bytes)
    case .connect: begin(.connect)
    case .exit: begin(.exit)
    case .store(let token, let operation):
      begin(.store)
      token.encode(into: &bytes)
      operation.encode(with: &encoder, into: &bytes)
    case .checkpoint(let token, let checkpoint):
      begin(.checkpoint)
      token.encode(into: &bytes)
      let record = AgentCheckpointRecord(
        agentID: checkpoint.agentID, resources: checkpoint.resources,
        removedVolumes: checkpoint.removedVolumes, operations: checkpoint.operations)
      encoder.encodeValue(record, into: &bytes)
    case .launch(let launch):
      begin(.launch)
      launch.encode(into: &bytes)
    case .kill(let containerID, let grace):
      begin(.kill)
      bytes.append(text: containerID)
      bytes.append(number: grace.nanoseconds)
    case .forget(let containerID):
      begin(.forget)
      bytes.append(text: containerID)
    case .measureUsage(let containerIDs):
      begin(.measureUsage)
      bytes.append(texts: containerIDs)
    case .listFiles(let request, let path, let root):
      begin(.listFiles)
      bytes.append(number: request.number)
      for text in [path, root] { bytes.append(text: text) }
    case .readFile(let request, let path, let offset, let length, let root):
      begin(.readFile)
      for number in [request.number, offset, length ?? .max] { bytes.append(number: number) }
      for text in [path, root] { bytes.append(text: text) }
    // tidy: those of frameworks, which are not recorded
    case .persist, .report, .finished: preconditionFailure("a master or an agent asked for \(self)")
    }
  }
}

extension RegistryOperation {
  fileprivate func encode(with encoder: inout EffectEncoder, into bytes: inout [UInt8]) {
    switch self {
    case .admitAgent(let info):
      bytes.append(1)
      encoder.encodeValue(info, into: &bytes)
    case .updateAgent(let info):
      bytes.append(2)
      encoder.encodeValue(info, into: &bytes)
    case .markAgentUnreachable(let id, let since):
      bytes.append(3)
      bytes.append(number: since)
      bytes += id.value.utf8
    case .markAgentReachable(let info):
      bytes.append(4)
      encoder.encodeValue(info, into: &bytes)
    case .removeAgent(let id):
      bytes.append(5)
      bytes += id.value.utf8
    case .updateQuotas(let quotas):
      bytes.append(6)
      for quota in quotas { encoder.encodeValue(quota, into: &bytes) }
    case .updateWeights(let weights):
      bytes.append(7)
      for weight in weights { encoder.encodeValue(weight, into: &bytes) }
    case .maintenance(let operation):
      bytes.append(8)
      operation.encode(with: &encoder, into: &bytes)
    }
  }
}

extension MaintenanceOperation {
  fileprivate func encode(with encoder: inout EffectEncoder, into bytes: inout [UInt8]) {
    switch self {
    case .updateSchedule(let schedule):
      bytes.append(1)
      encoder.encodeValue(schedule, into: &bytes)
    case .start(let ids):
      bytes.append(2)
      for id in ids { encoder.encodeValue(id, into: &bytes) }
    case .stop(let ids):
      bytes.append(3)
      for id in ids { encoder.encodeValue(id, into: &bytes) }
    case .deactivate(let id):
      bytes.append(4)
      bytes += id.value.utf8
    case .drain(let id, let config):
      bytes.append(5)
      bytes.append(text: id.value)
      encoder.encodeValue(config, into: &bytes)
    case .markDrained(let id):
      bytes.append(6)
      bytes += id.value.utf8
    case .reactivate(let id):
      bytes.append(7)
      bytes += id.value.utf8
    case .markGone(let id, let since):
      bytes.append(8)
      bytes.append(number: since)
      bytes += id.value.utf8
    }
  }
}

extension ContainerLaunch {
  fileprivate func encode(into bytes: inout [UInt8]) {
    switch program {
    case .shell(let line): bytes.append(texts: [line])
    case .exec(let path, let arguments): bytes.append(texts: [path] + arguments)
    }
    bytes.append(texts: [containerID, sandbox])
    bytes.append(texts: environment.flatMap { [$0.name, $0.value] })
    bytes.append(texts: [user, workingDirectory].map { $0.map { "=\($0)" } ?? "" })
    bytes.append(texts: volumes.flatMap { [$0.path, $0.containerPath, $0.isShared ? "shared" : ""] })
    bytes.append(isRevocable ? 1 : 0)
  }
}

extension [UInt8] {
  fileprivate mutating func append(number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.bigEndian) { self += $0 }
  }

  /// With its length, so that what follows is not taken for a part of it.
  fileprivate mutating func append(text: String) {
    append(number: UInt32(text.utf8.count))
    self += text.utf8
  }

  fileprivate mutating func append(texts: [String]) {
    append(number: UInt32(texts.count))
    for text in texts { append(text: text) }
  }
}
