// Bytes in, bytes out, against protoc; and each reason for which bytes are refused.

import CMesosWire
import MesetaWire
import Testing

@Suite struct UnpackingTests {
  @Test(arguments: Golden.all)
  func whatProtocEncodesComesBackTheSame(golden: Golden) throws {
    let bytes = try Protoc.encode(golden.text, as: golden.message)
    let packed = try repack(bytes, as: golden.message)
    #expect(packed == bytes)
    #expect(
      try Protoc.decode(packed, as: golden.message) == Protoc.decode(bytes, as: golden.message))
  }

  @Test func aTypedMessageIsReadInPlace() throws {
    let bytes = field(1, text("a-1"))
    let arena = WireArena()
    let value = try bytes.withUnsafeBytes { bytes in
      try withUnpacked(
        mesos__v1__agent_id__descriptor_address(), as: Mesos__V1__AgentID.self, from: bytes, in: arena
      ) { id in String(cString: id.pointee.value) }
    }
    #expect(value == "a-1")
    #expect(arena.usedBytes == 0)
  }

  @Test func unknownFieldsAreKept() throws {
    let bytes = field(1, text("a")) + field(1000, text("later")) + field(1001, 7) + [0xC5, 0x3E, 1, 2, 3, 4]
    #expect(try repack(bytes, as: "mesos.v1.AgentID") == bytes)
  }

  @Test func aFrameIsLengthAndMessage() throws {
    let arena = WireArena()
    let bytes = field(1, text("a-1"))
    let descriptor = try descriptor("mesos.v1.AgentID")
    let frame = try bytes.withUnsafeBytes { bytes in
      try arena.scope { () throws(WireError) -> [UInt8] in
        var frame: [UInt8] = [9]
        packFrame(try unpack(descriptor, from: bytes, in: arena), in: arena, appendingTo: &frame)
        return frame
      }
    }
    #expect(frame == [9, 0, 0, 0, 5] + bytes)
  }
}

/// Bytes that must be refused, as which message, and what the error says.
struct Refused: Sendable, CustomTestStringConvertible {
  var name: String
  var bytes: [UInt8]
  var message = "mesos.v1.scheduler.Call"
  var error: String
  var testDescription: String { name }

  static let all: [Refused] = [
    Refused(
      name: "invalid UTF-8", bytes: field(5, field(1, field(1, [0x61, 0xFF]))),
      error: "mesos.v1.scheduler.Call: decline.offer_ids.value is not valid UTF-8 (byte 7)"),
    Refused(
      name: "overlong UTF-8", bytes: field(1, [0xC0, 0x80]), message: "mesos.v1.AgentID",
      error: "mesos.v1.AgentID: value is not valid UTF-8 (byte 2)"),
    Refused(
      name: "a surrogate", bytes: field(1, [0xED, 0xA0, 0x80]), message: "mesos.v1.AgentID",
      error: "mesos.v1.AgentID: value is not valid UTF-8 (byte 2)"),
    Refused(
      name: "embedded NUL", bytes: field(1, field(1, text("12345678a\0b"))),
      error: "mesos.v1.scheduler.Call: framework_id.value holds a NUL character (byte 13)"),
    Refused(
      name: "missing required", bytes: field(1, []),
      error: "mesos.v1.scheduler.Call: framework_id.value is required and missing (byte 2)"),
    Refused(
      name: "missing required in the outermost", bytes: [], message: "mesos.v1.AgentID",
      error: "mesos.v1.AgentID: value is required and missing (byte 0)"),
    Refused(
      name: "required with a default is still required",
      bytes: field(1, text("m")) + field(2, 1), message: "mesos.v1.MasterInfo",
      error: "mesos.v1.MasterInfo: port is required and missing (byte 5)"),
    Refused(
      name: "a required enum with an unknown number",
      bytes: field(1, text("cpus")) + field(2, 77), message: "mesos.v1.Resource",
      error: "mesos.v1.Resource: type is required and has a value that its enum does not know (byte 7)"),
    Refused(
      name: "a length beyond the message", bytes: [0x0A, 0x05, 0x61],
      error: "mesos.v1.scheduler.Call: framework_id claims more bytes than its message has left (byte 1)"),
    Refused(
      name: "a length beyond the enclosing message", bytes: field(1, [0x0A, 0x05, 0x61]) + text("tail"),
      error:
        "mesos.v1.scheduler.Call: framework_id.value claims more bytes than its message has left (byte 3)"),
    Refused(
      name: "a huge length", bytes: [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
      error: "mesos.v1.scheduler.Call: framework_id claims more bytes than its message has left (byte 1)"),
    Refused(
      name: "a cut tag", bytes: [0x80],
      error: "mesos.v1.scheduler.Call: the message ends in the middle of a field (byte 0)"),
    Refused(
      name: "a cut number", bytes: [0x10, 0x80],
      error: "mesos.v1.scheduler.Call: type ends in the middle of a field (byte 1)"),
    Refused(
      name: "a number without end", bytes: [0x10] + Array(repeating: 0x80, count: 12),
      error: "mesos.v1.scheduler.Call: type holds a number in more bytes than a number can have (byte 1)"),
    Refused(
      name: "a wrong wire type", bytes: [0x12, 0x00],
      error: "mesos.v1.scheduler.Call: type is encoded as another type than the schema's (byte 0)"),
    Refused(
      name: "wire type 7", bytes: [0x17],
      error: "mesos.v1.scheduler.Call: type is encoded as another type than the schema's (byte 0)"),
    Refused(
      name: "a group", bytes: [0xBB, 0x3E, 0xBC, 0x3E],
      error:
        "mesos.v1.scheduler.Call: the message is encoded as a group, which Mesos's messages never use (byte 0)"
    ),
    Refused(
      name: "field number 0", bytes: [0x00, 0x00],
      error: "mesos.v1.scheduler.Call: the message holds a field numbered 0 or past 2^29-1 (byte 0)"),
    Refused(
      name: "a message twice", bytes: field(1, field(1, text("a"))) + field(1, field(1, text("b"))),
      error: "mesos.v1.scheduler.Call: framework_id occurs twice and is not a list (byte 7)"),
    Refused(
      name: "a map entry without a value",
      bytes: field(1, text("t")) + field(2, field(1, text("t"))) + field(3, field(1, text("a")))
        + field(15, field(1, text("mem"))), message: "mesos.v1.TaskInfo",
      error: "mesos.v1.TaskInfo: limits.value is required and missing (byte 20)"),
    Refused(
      name: "a packed list cut short", bytes: field(1, [0x01, 0x80]),
      message: "mesos.v1.CSIPluginContainerInfo",
      error: "mesos.v1.CSIPluginContainerInfo: services ends in the middle of a field (byte 3)"),
    Refused(
      name: "a double cut short", bytes: [0x09, 1, 2, 3], message: "mesos.v1.Value.Scalar",
      error: "mesos.v1.Value.Scalar: value ends in the middle of a field (byte 0)"),
  ]
}

@Suite struct RefusalTests {
  @Test(arguments: Refused.all)
  func badBytesAreRefusedWithTheirPlace(refused: Refused) throws {
    #expect(try refusal(refused.bytes, as: refused.message)?.description == refused.error)
  }

  @Test func everyPrefixOfAMessageIsRefusedOrUnpacks() throws {
    let bytes = try Protoc.encode(Golden.accept.text, as: Golden.accept.message)
    for count in 0..<bytes.count {
      _ = try refusal(Array(bytes.prefix(count)), as: Golden.accept.message)
    }
  }

  @Test func packedAndUnpackedNumbersAreBothRead() throws {
    let packed = try repack(field(1, [1, 2]), as: "mesos.v1.CSIPluginContainerInfo")
    #expect(packed == field(1, 1) + field(1, 2))
    let empty = try repack(field(1, []) + field(1, 1), as: "mesos.v1.CSIPluginContainerInfo")
    #expect(empty == field(1, 1))
  }

  @Test func aListThatComesInPiecesIsReadWhole() throws {
    let descriptor = "mesos.v1.scheduler.Call.Decline"
    let filters = field(2, [0x09] + Array(repeating: 0, count: 8))
    let id = { (number: Int) in field(1, field(1, text("o-\(number)"))) }
    let pieces = (0..<1000).map(id).enumerated().flatMap { index, id in
      index % 3 == 0 ? id + field(9, UInt64(index)) : id
    }
    let unknown = stride(from: 0, to: 1000, by: 3).flatMap { field(9, UInt64($0)) }
    #expect(try repack(pieces + filters, as: descriptor) == (0..<1000).flatMap(id) + filters + unknown)
  }
}

@Suite struct LimitTests {
  /// `mesos.v1.ContainerID` with this many parents.
  func nestedContainerID(_ depth: Int) -> [UInt8] {
    // From the innermost outwards; each level is prepended, so build the reverse.
    var reversed: [UInt8] = []
    for level in 0...depth {
      let inner = reversed.count
      if level > 0 { reversed += (varint(2 << 3 | 2) + varint(UInt64(inner))).reversed() }
      reversed += field(1, text("c")).reversed()
    }
    return reversed.reversed()
  }

  @Test func containerIDNestedTenThousandDeepIsRefusedWithoutOverflow() throws {
    let bytes = nestedContainerID(10_000)
    #expect(bytes.count > 50_000)
    let error = try #require(try refusal(bytes, as: "mesos.v1.ContainerID"))
    #expect(error.reason == .tooDeep(limit: 64))
    #expect(error.path == Array(repeating: "parent", count: 65).joined(separator: "."))
  }

  @Test(arguments: [(64, true), (65, false)])
  func nestingUpToTheLimitUnpacks(depth: Int, fits: Bool) throws {
    let bytes = nestedContainerID(depth)
    let error = try refusal(bytes, as: "mesos.v1.ContainerID")
    #expect((error == nil) == fits)
  }

  @Test func whatFitsFurtherOutIsStillTooDeepFurtherIn() throws {
    // One id twice: of a container, and one level deeper, of a container's status.
    let id = field(4, nestedContainerID(4))
    let containers = field(1, id) + field(1, field(4, nestedContainerID(0)) + field(5, id))
    let bytes = containers + field(900, Array(repeating: 0, count: 600))
    let refused = { (depth: Int) throws in
      try refusal(
        bytes, as: "mesos.v1.agent.Response.GetContainers", limits: WireLimits(maximumDepth: depth))?.reason
    }
    #expect(try refused(7) == nil)
    #expect(try refused(6) == .tooDeep(limit: 6))
  }

  @Test func nestingUnderALowerLimit() throws {
    let limits = WireLimits(maximumDepth: 2)
    #expect(try refusal(nestedContainerID(2), as: "mesos.v1.ContainerID", limits: limits) == nil)
    #expect(try refusal(nestedContainerID(3), as: "mesos.v1.ContainerID", limits: limits) != nil)
  }

  @Test func aMessageLongerThanTheLimitIsRefusedUnread() throws {
    let error = try refusal(
      field(1, text("1234567")), as: "mesos.v1.AgentID", limits: WireLimits(maximumBytes: 8))
    #expect(
      error?.description == "mesos.v1.AgentID: the message has 9 bytes, more than the limit of 8")
  }

  @Test func manyTinyMessagesCannotTakeMuchMemory() throws {
    // Two bytes each of input, some sixty of memory: a capability and its pointer.
    let bytes = Array(repeating: field(10, []), count: 1_000_000).flatMap { $0 }
    let limits = WireLimits(maximumArenaBytes: 16 << 20)
    let error = try #require(try refusal(bytes, as: "mesos.v1.FrameworkInfo", limits: limits))
    #expect(error.reason == .needsTooMuchMemory(limit: 16 << 20))
  }

  @Test func manyEqualMessagesCountLikeDifferentOnes() throws {
    let limits = WireLimits(maximumArenaBytes: 512 << 10)
    let ids = { (id: (Int) -> String) in
      (0..<10_000).flatMap { field(1, field(1, text(id($0)))) } + field(2, [])
    }
    for bytes in [ids { _ in "offer-1234" }, ids { "offer-\(1000 + $0 % 9000)" }] {
      let error = try refusal(bytes, as: "mesos.v1.scheduler.Call.Decline", limits: limits)
      #expect(error?.reason == .needsTooMuchMemory(limit: 512 << 10))
    }
  }
}
