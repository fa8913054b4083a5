// JSON in and out, by Mesos's conventions; compared with protoc and Foundation, and each reason for refusal.

import CMesosWire
import Foundation
import MesetaWire
import Testing

/// A message's bytes as JSON.
func json(_ bytes: [UInt8], as name: String) throws -> String {
  let descriptor = try descriptor(name)
  let arena = WireArena()
  return try bytes.withUnsafeBytes { bytes in
    try arena.scope { () throws(WireError) -> String in
      var text: [UInt8] = []
      try appendJSON(try unpack(descriptor, from: bytes, in: arena), to: &text)
      return String(decoding: text, as: UTF8.self)
    }
  }
}

/// JSON as a message's bytes.
func packed(_ json: String, as name: String, limits: WireLimits = .standard) throws -> [UInt8] {
  let descriptor = try descriptor(name)
  let arena = WireArena()
  return try Array(json.utf8).withUnsafeBytes { text in
    try arena.scope { () throws(WireError) -> [UInt8] in
      Array(pack(try unpackJSON(descriptor, from: text, in: arena, limits: limits), in: arena))
    }
  }
}

@Suite struct JSONWritingTests {
  @Test(arguments: [
    (
      Golden.subscribe,
      #"""
      {"framework_id":{"value":"f-1"},"type":"SUBSCRIBE","subscribe":{"framework_info":{"user":"root",
      "name":"bätch € 🚀","id":{"value":"f-1"},"failover_timeout":604800.25,"checkpoint":true,
      "capabilities":[{"type":"MULTI_ROLE"},{"type":"PARTITION_AWARE"}],"labels":{"labels":[
      {"key":"team","value":"a\tb\"c\\d"},{"key":"bare"}]},"roles":["eng/ci","*"],"offer_filters":{"eng/ci":{
      "min_allocatable_resources":{"quantities":[{"quantities":{"cpus":{"value":0.5}}}]}}}},
      "suppressed_roles":["*"]}}
      """#
    ),
    (
      Golden.decline,
      #"""
      {"framework_id":{"value":"f-1"},"type":"DECLINE","decline":{"offer_ids":[{"value":"o-9"}],
      "filters":{"refuse_seconds":1e-7}}}
      """#
    ),
    (
      Golden.attach,
      #"""
      {"type":"ATTACH_CONTAINER_INPUT","attach_container_input":{"type":"PROCESS_IO",
      "process_io":{"type":"DATA","data":{"type":"STDIN","data":"aGVsbG8K"}}}}
      """#
    ),
    (
      Golden.drain,
      #"""
      {"type":"DRAIN_AGENT","drain_agent":{"agent_id":{"value":"a"},
      "max_grace_period":{"seconds":-9223372036854775808,"nanos":-1},"mark_gone":false}}
      """#
    ),
    (
      Golden.constraints,
      #"""
      {"role_constraints":{"eng":{"groups":[{"attribute_constraints":[
      {"selector":{"pseudoattribute_type":"ZONE"},"predicate":{"exists":{}}},
      {"selector":{"attribute_name":"rack"},"predicate":{"text_equals":{"value":"r1"}}}]}]}}}
      """#
    ), (Golden.empty, "{}"),
  ])
  func messagesAreWrittenByMesosConventions(golden: Golden, expected: String) throws {
    let bytes = try Protoc.encode(golden.text, as: golden.message)
    #expect(try json(bytes, as: golden.message) == expected.filter { $0 != "\n" })
  }

  @Test(arguments: [
    (0.0, "0.0"), (-0.0, "-0.0"), (4.0, "4.0"), (0.1, "0.1"), (0.5, "0.5"), (16384.0, "16384.0"),
    (-1.25, "-1.25"), (1_606_232_317.123456, "1606232317.123456"), (1e15, "1000000000000000.0"),
    (123456789012345680000.0, "123456789012345680000.0"), (1e21, "1e21"), (1.5e22, "1.5e22"),
    (0.000123, "0.000123"), (0.000001, "0.000001"), (1.5e-7, "1.5e-7"), (1e-100, "1e-100"),
    (.greatestFiniteMagnitude, "1.7976931348623157e308"), (.leastNonzeroMagnitude, "5e-324"),
    (.infinity, "\"Infinity\""), (-.infinity, "\"-Infinity\""), (.nan, "\"NaN\""),
  ])
  func doublesAreShortestWithAPoint(value: Double, expected: String) throws {
    let bytes = [0x09] + (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
    #expect(try json(bytes, as: "mesos.v1.Value.Scalar") == "{\"value\":\(expected)}")
    let back = try packed("{\"value\":\(expected)}", as: "mesos.v1.Value.Scalar")
    #expect(value.isNaN || back == bytes)
  }

  @Test func absentFieldsWithADefaultAreWrittenUnlessDeprecated() throws {
    #expect(try json([], as: "mesos.v1.Filters") == #"{"refuse_seconds":5.0}"#)
    let info = field(1, text("u")) + field(2, text("n"))
    #expect(
      try json(info, as: "mesos.v1.FrameworkInfo")
        == #"{"user":"u","name":"n","failover_timeout":0.0,"checkpoint":false}"#)
  }

  @Test func enumNumbersFromANewerSchemaAreLeftOut() throws {
    #expect(try json(field(2, 999), as: "mesos.v1.scheduler.Call") == "{}")
    let bytes = field(1, 1) + field(1, 999) + field(1, 2)
    #expect(
      try json(bytes, as: "mesos.v1.CSIPluginContainerInfo")
        == #"{"services":["CONTROLLER_SERVICE","NODE_SERVICE"]}"#)
  }

  @Test func ofMapEntriesWithOneKeyTheLastCounts() throws {
    let entries = ["a", "b", "a"].enumerated().flatMap { index, key in
      field(1, field(1, text(key)) + field(2, [0x09, 0, 0, 0, 0, 0, 0, UInt8(index) << 4, 0x40]))
    }
    #expect(
      try json(entries, as: "mesos.v1.OfferFilters.ResourceQuantities")
        == #"{"quantities":{"b":{"value":4.0},"a":{"value":8.0}}}"#)
  }

  @Test func controlCharactersAreEscaped() throws {
    let bytes = field(1, text("\u{01}\u{08}\t\n\u{0C}\r\u{1F}\"\\/\u{7F}é"))
    let expected = #"{"value":"\u0001\b\t\n\f\r\u001F\"\\/"# + "\u{7F}é\"}"
    #expect(try json(bytes, as: "mesos.v1.AgentID") == expected)
  }

  @Test func aMessageNestedTooDeepIsNotWritten() throws {
    let inner = field(1, text("a")) + field(2, field(1, text("b")))
    let descriptor = try descriptor("mesos.v1.ContainerID")
    let arena = WireArena()
    #expect(throws: WireError.self) {
      try inner.withUnsafeBytes { bytes in
        try arena.scope { () throws(WireError) in
          var text: [UInt8] = []
          try appendJSON(try unpack(descriptor, from: bytes, in: arena), to: &text, maximumDepth: 0)
        }
      }
    }
  }
}

@Suite struct JSONReadingTests {
  /// Nothing is lost on the way through JSON; what is new are defaults that were absent.
  @Test(arguments: Golden.all)
  func whatProtocEncodesSurvivesJSON(golden: Golden) throws {
    let bytes = try Protoc.encode(golden.text, as: golden.message)
    let text = try json(bytes, as: golden.message)
    let back = try packed(text, as: golden.message)
    #expect(try json(back, as: golden.message) == text)
    var lines = try Protoc.decode(back, as: golden.message).split(separator: "\n")
    for line in try Protoc.decode(bytes, as: golden.message).split(separator: "\n") {
      let index = try #require(lines.firstIndex(of: line), "lost: \(line)")
      lines.remove(at: index)
    }
  }

  @Test(arguments: [
    (#"{"value":"a-1"}"#, "mesos.v1.AgentID", #"value: "a-1""#),
    (
      #" { "value" : "a" , "later" : [1,{"x":[true,null,"\u0041"]},-1.5e3] } "#, "mesos.v1.AgentID",
      #"value: "a""#
    ),
    (
      #"{"v\u0061lue":"\u00e9\ud83d\ude80\/\"\\\b\f\n\r\t"}"#, "mesos.v1.AgentID",
      #"value: "é🚀/\"\\\b\f\n\r\t""#
    ),
    (#"{"value":4}"#, "mesos.v1.Value.Scalar", "value: 4"),
    (#"{"value":"4.5"}"#, "mesos.v1.Value.Scalar", "value: 4.5"),
    (
      #"{"begin":18446744073709551615,"end":1e3}"#, "mesos.v1.Value.Range",
      "begin: 18446744073709551615 end: 1000"
    ),
    (#"{"begin":"7","end":5.0}"#, "mesos.v1.Value.Range", "begin: 7 end: 5"),
    (#"{"seconds":-9223372036854775808}"#, "google.protobuf.Duration", "seconds: -9223372036854775808"),
    (#"{"type":"KILL","type":"REVIVE"}"#, "mesos.v1.scheduler.Call", "type: REVIVE"),
    (#"{"type":"FROM_THE_FUTURE"}"#, "mesos.v1.scheduler.Call", ""),
    (#"{"type":null,"decline":null}"#, "mesos.v1.scheduler.Call", ""),
    (
      #"{"shell":"false","value":"","arguments":"one"}"#, "mesos.v1.CommandInfo",
      #"shell: false value: "" arguments: "one""#
    ),
    (#"{"arguments":["a",null,"b"]}"#, "mesos.v1.CommandInfo", #"arguments: "a" arguments: "b""#),
    (#"{"arguments":[]}"#, "mesos.v1.CommandInfo", ""),
    (#"{"services":["NODE_SERVICE","NEW"]}"#, "mesos.v1.CSIPluginContainerInfo", "services: NODE_SERVICE"),
    (
      #"{"quantities":{"a":{"value":1},"b":null}}"#, "mesos.v1.OfferFilters.ResourceQuantities",
      #"quantities { key: "a" value { value: 1 } }"#
    ),
    (
      #"{"pseudoattribute_type":"ZONE","attribute_name":"x"}"#,
      "mesos.v1.scheduler.AttributeConstraint.Selector",
      #"attribute_name: "x""#
    ),
    (
      #"{"type":"DATA","data":{"type":"STDIN","data":"AAH/"}}"#, "mesos.v1.agent.ProcessIO",
      #"type: DATA data { type: STDIN data: "\000\001\377" }"#
    ),
    (
      #"{"type":"DATA","data":{"type":"STDIN","data":"AAE"}}"#, "mesos.v1.agent.ProcessIO",
      #"type: DATA data { type: STDIN data: "\000\001" }"#
    ),
  ])
  func jsonIsReadAsProtocReadsItsText(json: String, message: String, text: String) throws {
    #expect(
      try Protoc.decode(packed(json, as: message), as: message)
        == Protoc.decode(Protoc.encode(text, as: message), as: message))
  }

  @Test(arguments: [
    ("", "AgentID", "the message is not JSON: expected an object, found the end (byte 0)"),
    ("[]", "AgentID", "the message is a list, not an object (byte 0)"),
    ("{} x", "Filters", "the message is not JSON: expected the end, found x (byte 3)"),
    (#"{"value":"a""#, "AgentID", "the message is not JSON: expected }, found the end (byte 12)"),
    (#"{"value" "a"}"#, "AgentID", "the message is not JSON: expected :, found \" (byte 9)"),
    (#"{"value":"a",}"#, "AgentID", "the message is not JSON: expected a string, found } (byte 13)"),
    (#"{"value":"a"#, "AgentID", "value is not JSON: a string without an end (byte 9)"),
    (#"{"value":"\x"}"#, "AgentID", "value is not JSON: a string holds an unknown escape (byte 13)"),
    (
      #"{"value":"\u12"}"#, "AgentID",
      #"value is not JSON: \u is not followed by four hexadecimal digits (byte 15)"#
    ),
    (#"{"value":"\ud800x"}"#, "AgentID", "value is not JSON: a string holds half a surrogate pair (byte 18)"),
    (#"{"value":"a\u0000"}"#, "AgentID", "value holds a NUL character (byte 9)"),
    (
      "{\"value\":\"a\u{01}\"}", "AgentID",
      "value is not JSON: a control character in a string must be escaped (byte 11)"
    ),
    (#"{"value":7}"#, "AgentID", "value is a number, not a string (byte 9)"),
    ("{}", "AgentID", "value is required and missing (byte 2)"),
    (#"{"value":null}"#, "AgentID", "value is required and missing (byte 14)"),
    (#"{"id":{}}"#, "FrameworkInfo", "id.value is required and missing (byte 8)"),
    (#"{"type":"NEW"}"#, "Resource", "type is required and has a value that its enum does not know (byte 8)"),
    (#"{"type":1}"#, "Resource", "type is a number, not a string, the name of an enum value (byte 8)"),
    (#"{"value":true}"#, "Value.Scalar", "value is a boolean, not a number (byte 9)"),
    (#"{"value":"x"}"#, "Value.Scalar", "value is a string, not a number (byte 9)"),
    (#"{"value":"1"x"}"#, "Value.Scalar", "the message is not JSON: expected }, found x (byte 12)"),
    (#"{"value":1e999}"#, "Value.Scalar", "value is 1e999, too large for a double (byte 9)"),
    (#"{"value":01}"#, "Value.Scalar", "value is not JSON: a number begins with 0 (byte 9)"),
    (#"{"value":1.}"#, "Value.Scalar", "value is not JSON: expected a digit, found } (byte 11)"),
    (#"{"value":-}"#, "Value.Scalar", "value is not JSON: expected a value, found - (byte 9)"),
    (
      #"{"begin":1.5}"#, "Value.Range", "begin is 1.5, not a whole number within the range of uint64 (byte 9)"
    ),
    (#"{"begin":-1}"#, "Value.Range", "begin is -1, out of the range of uint64 (byte 9)"),
    (
      #"{"begin":18446744073709551616}"#, "Value.Range",
      "begin is 18446744073709551616, out of the range of uint64 (byte 9)"
    ),
    (
      #"{"begin":1e20}"#, "Value.Range",
      "begin is 1e20, not a whole number within the range of uint64 (byte 9)"
    ),
    (
      #"{"port":-2147483649.0}"#, "AgentInfo",
      "port is -2147483649.0, not a whole number within the range of int32 (byte 8)"
    ),
    (#"{"port":2147483648}"#, "AgentInfo", "port is 2147483648, out of the range of int32 (byte 8)"),
    (#"{"shell":1}"#, "CommandInfo", "shell is a number, not true or false (byte 9)"),
    (#"{"arguments":[["a"]]}"#, "CommandInfo", "arguments is a list, not a string (byte 14)"),
    (
      #"{"quantities":[]}"#, "OfferFilters.ResourceQuantities",
      "quantities is a list, not an object (byte 14)"
    ),
    (
      #"{"quantities":{"a":{}}}"#, "OfferFilters.ResourceQuantities",
      "quantities.value.value is required and missing (byte 21)"
    ),
    (#"{"data":"a?=="}"#, "TaskInfo", "data is not base64 (byte 8)"),
    (#"{"later":[1,2}"#, "AgentID", "the message is not JSON: expected ], found } (byte 13)"),
  ])
  func badJSONIsRefusedWithItsPlace(json: String, message: String, expected: String) throws {
    let error = #expect(throws: WireError.self) { try packed(json, as: "mesos.v1.\(message)") }
    #expect(error?.description == "mesos.v1.\(message): \(expected)")
  }

  @Test func invalidUTF8IsRefused() throws {
    let descriptor = try descriptor("mesos.v1.AgentID")
    let arena = WireArena()
    let bytes = text(#"{"value":"a"#) + [0xFF] + text(#""}"#)
    let error = #expect(throws: WireError.self) {
      try bytes.withUnsafeBytes { bytes in
        try arena.scope { () throws(WireError) in _ = try unpackJSON(descriptor, from: bytes, in: arena) }
      }
    }
    #expect(error?.reason == .notUTF8)
  }

  @Test func containerIDNestedTenThousandDeepInJSONIsRefusedWithoutOverflow() throws {
    let json = String(repeating: #"{"parent":"#, count: 10_000)
    let error = #expect(throws: WireError.self) { try packed(json, as: "mesos.v1.ContainerID") }
    #expect(error?.reason == .tooDeep(limit: 64))
  }

  @Test(arguments: ["[", #"{"a":"#])
  func ignoredValuesNestedTenThousandDeepAreRefusedWithoutOverflow(level: String) throws {
    let json = #"{"ignored":"# + String(repeating: level, count: 10_000)
    let error = #expect(throws: WireError.self) { try packed(json, as: "mesos.v1.ContainerID") }
    #expect(error?.reason == .tooDeep(limit: 64))
  }

  @Test func limitsOfSizeAndMemoryHold() throws {
    let json = #"{"value":"123456"}"#
    let short = #expect(throws: WireError.self) {
      try packed(json, as: "mesos.v1.AgentID", limits: WireLimits(maximumBytes: 17))
    }
    #expect(short?.reason == .tooLong(bytes: 18, limit: 17))
    let small = #expect(throws: WireError.self) {
      try packed(json, as: "mesos.v1.AgentID", limits: WireLimits(maximumArenaBytes: 32))
    }
    #expect(small?.reason == .needsTooMuchMemory(limit: 32))
  }
}
