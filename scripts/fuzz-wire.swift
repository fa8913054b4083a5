// A coverage-guided fuzzer of what peers send: a stream of frames, each an envelope. See fuzz-wire.sh.

import MesetaProtocol
import MesetaWire

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let stream = UnsafeRawBufferPointer(start: start, count: count)
  var frames = FrameDecoder(maximumLength: 1 << 16)
  var encoder = MessageEncoder()
  var decoder = MessageDecoder()
  // In two pieces, so that frames are put together too.
  let cut = count / 2
  for piece in [stream[..<cut], stream[cut...]] {
    try? frames.feed(UnsafeRawBufferPointer(rebasing: piece)) { frame in
      guard let message = try? decoder.decode(frame) else { return }
      roundTrip(message, &encoder, &decoder)
    }
  }
  return 0
}

/// What is admitted encodes to bytes that are admitted and encode to themselves.
private func roundTrip(_ message: Message, _ encoder: inout MessageEncoder, _ decoder: inout MessageDecoder) {
  var bytes: [UInt8] = []
  encoder.encode(message, into: &bytes)
  guard let again = try? decoder.decode(bytes) else { preconditionFailure("refused: \(bytes)") }
  var same: [UInt8] = []
  encoder.encode(again, into: &same)
  precondition(same == bytes, "\(bytes) became \(same)")
}
