// A measurement as bytes of a recording:
//
//   whether the load is known: 1 or 0; if it is, its three averages in thousandths (8 bytes each)
//   for each container the length of its id (4 bytes), the id, its processor time in nanoseconds and its memory in bytes
//   (8 bytes each)
//
// Numbers are written most significant byte first.

import MesetaModel
import MesetaRuntime

extension MachineUsage {
  init?(decoding bytes: ArraySlice<UInt8>) {
    var rest = bytes
    func number(_ count: Int) -> UInt64? {
      guard rest.count >= count else { return nil }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count).reduce(0) { $0 << 8 | UInt64($1) }
    }
    func scalar() -> Scalar? { number(8).map { Scalar(milli: Int64(bitPattern: $0)) } }
    self.init()
    switch number(1) {
    case 0: break
    case 1:
      guard let one = scalar(), let five = scalar(), let fifteen = scalar() else { return nil }
      load = LoadAverages(oneMinute: one, fiveMinutes: five, fifteenMinutes: fifteen)
    default: return nil
    }
    while !rest.isEmpty {
      guard let length = number(4), rest.count >= length,
        let id = String(validating: rest.prefix(Int(length)), as: UTF8.self)
      else { return nil }
      rest = rest.dropFirst(Int(length))
      guard let time = number(8), let memory = number(8) else { return nil }
      containers.append(
        Container(
          containerID: id, processorTime: Span(nanoseconds: Int64(bitPattern: time)), memoryBytes: memory))
    }
  }

  func encode(into bytes: inout [UInt8]) {
    func append(_ number: some FixedWidthInteger) {
      withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
    }
    bytes.append(load == nil ? 0 : 1)
    if let load {
      for average in [load.oneMinute, load.fiveMinutes, load.fifteenMinutes] { append(average.milli) }
    }
    for container in containers {
      append(UInt32(container.containerID.utf8.count))
      bytes += container.containerID.utf8
      append(container.processorTime.nanoseconds)
      append(container.memoryBytes)
    }
  }
}
