// The effects of a batch as one number: what a replay has to bring about again, bit for bit.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import MesetaWire

/// Takes in the effects of a machine, in their order.
///
/// What is logged for debugging is left out: a host that nobody debugs does not make it up. Of offers, of which there may be half
/// a million a second, every number counts, and all that is in every sixteenth: what the others hold follows from the state,
/// which is compared as a whole where a segment begins.
package struct EffectDigest {
  private var print = Fingerprint()
  /// How many effects there were.
  package private(set) var count: UInt64 = 0

  private enum Kind: Int {
    case send = 1
    case respond, close, log, connect, store, checkpoint, launch, kill, forget, measureUsage, listFiles,
      readFile
    case exit, record, measureDisk, removeSandboxes
  }

  /// Which part of the offers is looked at as a whole.
  private static let sampling: UInt64 = 16

  package init() {}

  /// The digest of all effects so far.
  package var value: UInt64 { print.value }

  mutating func add(sent message: Message, to session: SessionID, _ encoder: inout EffectBytes) {
    count += 1
    begin(.send, session.number)
    mix(message, &encoder)
  }

  package mutating func add(_ effect: RecordedEffect, _ encoder: inout EffectBytes) {
    if case .send(let message, let session) = effect { return add(sent: message, to: session, &encoder) }
    count += 1
    switch effect {
    case .send: break  // as above
    case .respond(let request, .accepted): begin(.respond, request.number)
    case .respond(let request, .response(let response)):
      begin(.respond, request.number)
      mix(.operatorResponse(response, request: 0), &encoder)
    case .respond(let request, .failed(let error)):
      begin(.respond, request.number)
      mix(.failed(error, request: 0), &encoder)
    case .close(let session, let reason):
      begin(.close, session.number)
      print.mix(reason)
    case .log(let level, let text):
      begin(.log, UInt64(bitPattern: Int64(level.rawValue)))
      print.mix(text)
    case .connect: begin(.connect)
    case .store(let token, let operation):
      begin(.store, token.number)
      mix(value: operation)
    case .checkpoint(let token, let checkpoint):
      begin(.checkpoint, token.number)
      mix(value: checkpoint)
    case .record(let records, let token):
      begin(.record, token?.number ?? 0)
      mix(value: records)
    case .launch(let container):
      begin(.launch)
      mix(value: container)
    case .kill(let containerID, let grace):
      begin(.kill, UInt64(bitPattern: grace.nanoseconds))
      print.mix(containerID)
    case .forget(let containerID):
      begin(.forget)
      print.mix(containerID)
    case .measureUsage(let containerIDs):
      begin(.measureUsage, UInt64(containerIDs.count))
      for id in containerIDs { print.mix(id) }
    case .measureDisk(let listsSandboxes): begin(.measureDisk, listsSandboxes ? 1 : 0)
    case .removeSandboxes(let paths):
      begin(.removeSandboxes, UInt64(paths.count))
      for path in paths { print.mix(path) }
    case .listFiles(let request, let path, let root):
      begin(.listFiles, request.number)
      for text in [path, root] { print.mix(text) }
    case .readFile(let request, let path, let offset, let length, let root):
      begin(.readFile, request.number)
      for number in [offset, length ?? .max] { print.mix(number) }
      for text in [path, root] { print.mix(text) }
    case .exit: begin(.exit)
    }
  }

  private mutating func begin(_ kind: Kind, _ number: UInt64 = 0) {
    print.mix(kind.rawValue)
    print.mix(number)
  }

  private mutating func mix(_ message: Message, _ encoder: inout EffectBytes) {
    guard case .schedulerEvent(.offers(let offers)) = message else {
      return encoder.with(message) { print.mix($0) }
    }
    print.mix(offers.count)
    for index in offers.indices {
      if let number = offers[index].number, number % Self.sampling != 0 {
        print.mix(number)
      } else if !offers[index].mix(into: &print) {
        encoder.with(offers[index]) { print.mix($0) }
      }
    }
  }

  private mutating func mix(value: some Encodable) {
    // Nothing that a machine asks for is beyond writing down.
    let bytes = (try? SnapshotEncoder.encode(value)) ?? []
    bytes.withUnsafeBytes { print.mix($0) }
  }
}

/// Makes the bytes that messages have on the wire, in memory that is kept for the next one.
package struct EffectBytes {
  private var encoder = MessageEncoder()
  private var bytes: [UInt8] = []

  package init() {}

  mutating func with<Value: WireConvertible>(_ value: Value, _ body: (UnsafeRawBufferPointer) -> Void) {
    bytes.removeAll(keepingCapacity: true)
    encoder.encodeValue(value, into: &bytes)
    bytes.withUnsafeBytes(body)
  }
}
