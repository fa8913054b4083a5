// Every message through its bytes, as on a real network: what does not survive is a fault of the codec.

import MesetaProtocol
import MesetaWire

struct ByteTrip {
  private var encoder = MessageEncoder()
  private var decoder = MessageDecoder()
  private var bytes: [UInt8] = []

  /// The message as the peer reads it; nil, and what is wrong, if it cannot be read or reads differently.
  mutating func pass(_ message: Message) -> (message: Message?, problem: String?) {
    bytes.removeAll(keepingCapacity: true)
    encoder.encode(message, into: &bytes)
    do throws(WireError) {
      let read = try decoder.decode(bytes)
      if read.text == message.text { return (read, nil) }
      return (nil, "a message changed on its way through its bytes: \(message.text) became \(read.text)")
    } catch {
      return (nil, "a message cannot be read from its bytes: \(message.text): \(error)")
    }
  }
}
