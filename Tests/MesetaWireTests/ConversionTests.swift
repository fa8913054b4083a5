// Values against an independent codec: what protoc writes is read as the value it says, and the other way round.

import MesetaModel
import MesetaProtocol
import MesetaWire
import Testing

@Suite struct ConversionTests {
  /// What protoc makes of the text, decoded.
  private func decode<Value: WireConvertible>(_ text: String, as message: String) throws -> Value {
    var decoder = MessageDecoder()
    return try decoder.decodeValue(from: try Protoc.encode(text, as: message))
  }

  /// What protoc reads in the value's bytes, without its line breaks and indentation.
  private func text<Value: WireConvertible>(
    of value: Value, as message: String, format: ResourceFormat = .reservations
  ) throws -> String {
    var encoder = MessageEncoder(resourceFormat: format)
    var bytes: [UInt8] = []
    encoder.encodeValue(value, into: &bytes)
    return try Protoc.decode(bytes, as: message).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private func refusal<Value: WireConvertible>(
    _ text: String, as message: String, _ type: Value.Type
  ) throws -> WireError? {
    do {
      _ = try decode(text, as: message) as Value
      return nil
    } catch let error as WireError {
      return error
    }
  }

  // MARK: Calls

  @Test func subscribe() throws {
    let call: SchedulerCall = try decode(
      """
      type: SUBSCRIBE
      subscribe {
        framework_info {
          user: "root" name: "batch" failover_timeout: 60 checkpoint: true roles: "eng" roles: "ads"
          capabilities { type: MULTI_ROLE } capabilities { } capabilities { type: PARTITION_AWARE }
          labels { labels { key: "k" value: "v" } }
          offer_filters {
            key: "eng"
            value { min_allocatable_resources { quantities { quantities { key: "cpus" value { value: 0.5 } } } } }
          }
        }
        suppressed_roles: "ads"
      }
      """, as: "mesos.v1.scheduler.Call")
    let framework = FrameworkInfo(
      user: "root", name: "batch", failoverTimeout: 60, checkpoint: true, roles: ["eng", "ads"],
      capabilities: [.multiRole, .partitionAware], labels: [Label("k", "v")],
      offerFilters: [
        OfferFilter(role: "eng", minimalQuantities: [[ResourceQuantity("cpus", Scalar(milli: 500))]])
      ])
    #expect(
      call == SchedulerCall(frameworkID: nil, .subscribe(.init(framework, suppressedRoles: ["ads"]))))
  }

  @Test func offerConstraints() throws {
    let text = """
      role_constraints {
        key: "ads"
        value { groups { attribute_constraints { selector { pseudoattribute_type: REGION } predicate { exists { } } } } }
      }
      role_constraints {
        key: "eng"
        value {
          groups {
            attribute_constraints { selector { attribute_name: "rack" } predicate { text_equals { value: "r1" } } }
            attribute_constraints { selector { pseudoattribute_type: ZONE } predicate { not_exists { } } }
          }
          groups {
            attribute_constraints { selector { pseudoattribute_type: HOSTNAME } predicate { text_matches { regex: "a+" } } }
            attribute_constraints { selector { attribute_name: "x" } predicate { text_not_matches { regex: "b" } } }
            attribute_constraints { selector { attribute_name: "x" } predicate { text_not_equals { value: "c" } } }
          }
        }
      }
      """
    let constraints: OfferConstraints = [
      "ads": [[.where(.region, .exists)]],
      "eng": [
        [.where(.attribute("rack"), .equals("r1")), .where(.zone, .notExists)],
        [
          .where(.hostname, .matches("a+")), .where(.attribute("x"), .notMatches("b")),
          .where(.attribute("x"), .notEquals("c")),
        ],
      ],
    ]
    let message = "mesos.v1.scheduler.OfferConstraints"
    #expect(try decode(text, as: message) == constraints)
    #expect(
      try self.text(of: constraints, as: message)
        == text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
  }

  @Test(arguments: [
    ("selector { } predicate { exists { } }", "Exactly one of 'AttributeConstraint::Selector::name' or "),
    ("selector { pseudoattribute_type: UNKNOWN } predicate { exists { } }", "Unknown pseudoattribute type"),
    ("selector { attribute_name: \"x\" } predicate { }", "Unknown predicate type"),
  ])
  func aConstraintThatIsNotUnderstoodIsRefused(_ text: String, _ reason: String) throws {
    let error = try #require(
      try refusal(text, as: "mesos.v1.scheduler.AttributeConstraint", AttributeConstraint.self))
    #expect(error.description.contains(reason))
    #expect(error.isOfOneValue)
  }

  @Test func aRoleThatIsNotNamedIsNotTheDefaultRole() throws {
    let without: FrameworkInfo = try decode(#"user: "" name: "f""#, as: "mesos.v1.FrameworkInfo")
    #expect(without.role == nil)
    let with: FrameworkInfo = try decode(#"user: "" name: "f" role: "*""#, as: "mesos.v1.FrameworkInfo")
    #expect(with.role == "*")
  }

  private let acceptText = """
    framework_id { value: "f-1" } type: ACCEPT accept { \
    offer_ids { value: "m-O7" } \
    operations { type: LAUNCH launch { task_infos { name: "t" task_id { value: "t-1" } agent_id { value: "a-1" } \
    resources { name: "cpus" type: SCALAR scalar { value: 0.5 } allocation_info { role: "eng" } } \
    command { environment { variables { name: "A" value: "1" type: VALUE } } value: "echo" shell: true } \
    kill_policy { grace_period { nanoseconds: 5000000000 } } \
    limits { key: "mem" value { value: inf } } } } } \
    filters { refuse_seconds: 1.5 } }
    """

  private var accept: SchedulerCall {
    var fields = TaskInfo.Fields(
      name: "t", id: "t-1", agentID: "a-1",
      resources: Resources([Resource("cpus", .scalar(Scalar(milli: 500)), allocationRole: "eng")]),
      command: .shell("echo", environment: [EnvironmentVariable("A", "1")]))
    fields.killGracePeriod = 5_000_000_000
    fields.limits = [ResourceLimit("mem", .infinite)]
    return SchedulerCall(
      frameworkID: "f-1",
      .accept(
        .init(
          [OfferID(prefix: "m", number: 7)], [Operation(.launch([TaskInfo(fields)]))],
          filters: Filters(refuseSeconds: 1.5))))
  }

  @Test func acceptWithLaunch() throws {
    #expect(try decode(acceptText, as: "mesos.v1.scheduler.Call") == accept)
    #expect(try text(of: accept, as: "mesos.v1.scheduler.Call") == acceptText)
  }

  @Test func aCallWithoutItsMessageIsRefusedInMesossWords() throws {
    let calls = [
      ("SUBSCRIBE", "subscribe"), ("ACCEPT", "accept"), ("DECLINE", "decline"), ("KILL", "kill"),
      ("SHUTDOWN", "shutdown"), ("ACKNOWLEDGE", "acknowledge"), ("RECONCILE", "reconcile"),
      ("MESSAGE", "message"), ("REQUEST", "request"), ("RECONCILE_OPERATIONS", "reconcile_operations"),
      ("ACKNOWLEDGE_OPERATION_STATUS", "acknowledge_operation_status"),
      ("UPDATE_FRAMEWORK", "update_framework"),
    ]
    for (type, field) in calls {
      let error = try refusal("type: \(type)", as: "mesos.v1.scheduler.Call", SchedulerCall.self)
      #expect(error?.callError == CallError(.badRequest, "Expecting '\(field)' to be present"))
    }
    let error = try refusal("", as: "mesos.v1.scheduler.Call", SchedulerCall.self)
    #expect(error?.callError.message == "Expecting 'type' to be present")
  }

  @Test func reviveAndSuppressNeedNoMessage() throws {
    #expect(
      try decode("type: REVIVE", as: "mesos.v1.scheduler.Call")
        == SchedulerCall(frameworkID: nil, .revive(roles: [])))
    #expect(
      try decode("type: SUPPRESS", as: "mesos.v1.scheduler.Call")
        == SchedulerCall(frameworkID: nil, .suppress(roles: [])))
  }

  @Test func aUUIDOfAnotherLengthIsRefused() throws {
    let error = try refusal(
      #"type: ACKNOWLEDGE acknowledge { agent_id { value: "a" } task_id { value: "t" } uuid: "abc" }"#,
      as: "mesos.v1.scheduler.Call", SchedulerCall.self)
    #expect(
      error?.description
        == "mesos.v1.scheduler.Call: acknowledge.uuid is not a valid UUID: it does not have 16 bytes")
  }

  @Test func executorUpdate() throws {
    let text = """
      executor_id { value: "e" } framework_id { value: "f" } type: UPDATE update { status { \
      task_id { value: "t" } state: TASK_RUNNING source: SOURCE_EXECUTOR uuid: "0123456789abcdef" } }
      """
    let uuid = try #require(UUID(bytes: Array("0123456789abcdef".utf8)))
    let call = ExecutorCall(
      frameworkID: "f", executorID: "e",
      .update(TaskStatus(taskID: "t", state: .running, source: .executor, uuid: uuid)))
    #expect(try decode(text, as: "mesos.v1.executor.Call") == call)
    #expect(try self.text(of: call, as: "mesos.v1.executor.Call") == text)
  }

  // MARK: Events

  @Test func offersAsARealMasterSendsThem() throws {
    let text = """
      type: OFFERS
      offers {
        offers {
          id { value: "m-O24" } framework_id { value: "m-0007" } agent_id { value: "m-S2" } hostname: "localhost"
          url { scheme: "http" address { hostname: "localhost" ip: "127.0.0.1" port: 5050 } path: "/slave(3)" }
          resources { name: "ports" type: RANGES ranges { range { begin: 31000 end: 32000 } } allocation_info { role: "eng/a" } }
          resources { name: "cpus" type: SCALAR scalar { value: 4 } role: "*" allocation_info { role: "eng/a" } }
          allocation_info { role: "eng/a" }
        }
      }
      """
    let event: SchedulerEvent = try decode(text, as: "mesos.v1.scheduler.Event")
    guard case .offers(let offers) = event, let offer = offers.first else {
      Issue.record("\(event)")
      return
    }
    #expect(offer.id == OfferID(prefix: "m", number: 24))
    #expect(offer.allocationRole == "eng/a")
    #expect(
      offer.resources
        == Resources([
          Resource("ports", .ranges(Ranges([31000...32000])), allocationRole: "eng/a"),
          Resource("cpus", .scalar(Scalar(4)), allocationRole: "eng/a"),
        ]))
    // The URL is kept unread; resources that are not reserved name no role.
    let written = try self.text(of: event, as: "mesos.v1.scheduler.Event")
    #expect(written.contains(#"path: "/slave(3)""#))
    #expect(!written.contains(#"role: "*""#))
  }

  @Test func theRestOfAContainerStatusStaysWithItsId() throws {
    let text = """
      task_id { value: "t" } state: TASK_RUNNING container_status { executor_pid: 99 \
      container_id { value: "c" parent { value: "p" } } } limitation { }
      """
    let status: TaskStatus = try decode(text, as: "mesos.v1.TaskStatus")
    #expect(status.containerID == .nested("c", parent: .root("p")))
    let written = try self.text(of: status, as: "mesos.v1.TaskStatus")
    #expect(
      written.contains(#"container_id { value: "c" parent { value: "p" } } executor_pid: 99"#)
        || written.contains("executor_pid: 99 container_id"))
    #expect(written.contains("limitation { }"))
  }

  @Test func masterInfo() throws {
    let text = #"id: "m" ip: 16777343 port: 5050 hostname: "localhost" version: "1.11.0""#
    let master: MasterInfo = try decode(text, as: "mesos.v1.MasterInfo")
    #expect(
      master == MasterInfo(id: "m", hostname: "localhost", ip: "127.0.0.1", port: 5050, version: "1.11.0"))
    #expect(try self.text(of: master, as: "mesos.v1.MasterInfo").contains("ip: 16777343"))
  }

  // MARK: Resources

  private let reserved = Resource(
    "cpus", .scalar(Scalar(2)),
    traits: ResourceTraits(reservations: [Reservation(.dynamic, role: "eng", principal: "p")]))

  @Test(arguments: [
    #"role: "eng" reservation { principal: "p" }"#,
    #"reservations { type: DYNAMIC role: "eng" principal: "p" }"#,
    #"role: "ads" reservation { principal: "q" } reservations { type: DYNAMIC role: "eng" principal: "p" }"#,
  ]) func everyFormOfAReservationIsRead(form: String) throws {
    let text = #"name: "cpus" type: SCALAR scalar { value: 2 } "# + form
    #expect(try decode(text, as: "mesos.v1.Resource") == reserved)
  }

  @Test func aRoleAloneIsAFixedReservation() throws {
    let resource: Resource = try decode(
      #"name: "cpus" type: SCALAR scalar { value: 2 } role: "eng""#, as: "mesos.v1.Resource")
    #expect(resource.traits.reservations == [Reservation(.fixed, role: "eng")])
  }

  @Test func reservationsAreWrittenInTheFormAskedFor() throws {
    let plain = Resource("cpus", .scalar(Scalar(2)))
    let start = #"name: "cpus" type: SCALAR scalar { value: 2 }"#
    let stack = #"reservations { principal: "p" role: "eng" type: DYNAMIC }"#
    let old = #"role: "eng" reservation { principal: "p" }"#
    func form(_ resource: Resource, _ format: ResourceFormat) throws -> String {
      try text(of: resource, as: "mesos.v1.Resource", format: format)
    }
    #expect(try form(plain, .reservations) == start)
    #expect(try form(plain, .role) == start + #" role: "*""#)
    #expect(try form(plain, .both) == start + #" role: "*""#)
    #expect(try form(reserved, .reservations) == start + " " + stack)
    #expect(try form(reserved, .role) == start + " " + old)
    #expect(try form(reserved, .both) == start + " " + old + " " + stack)
  }

  @Test(arguments: [
    ("scalar { value: -1 }", "scalar.value of \"x\" is -1.0, not a number from 0 to 9·10⁹"),
    ("scalar { value: nan }", "scalar.value of \"x\" is nan, not a number from 0 to 9·10⁹"),
    ("scalar { value: 1e300 }", "scalar.value of \"x\" is 1e+300, not a number from 0 to 9·10⁹"),
    ("", "scalar is required and missing"),
    (
      "scalar { value: 1 } reservation { }",
      "reservation of \"x\" is for the role \"*\", which reserves nothing"
    ),
    ("scalar { value: 1 } reservations { type: DYNAMIC }", "role is expected to be present"),
    (
      #"scalar { value: 1 } reservations { role: "r" }"#,
      "type of the reservation for \"r\" is neither STATIC nor DYNAMIC"
    ),
  ]) func badResourcesAreRefused(fields: String, problem: String) throws {
    let error = try refusal(
      #"name: "x" type: SCALAR "# + fields, as: "mesos.v1.Resource", Resource.self)
    #expect(error?.description.hasSuffix(": " + problem) == true, "\(String(describing: error))")
  }

  @Test func rangesThatEndBeforeTheyBeginAreRefused() throws {
    let error = try refusal(
      #"name: "ports" type: RANGES ranges { range { begin: 9 end: 8 } }"#, as: "mesos.v1.Resource",
      Resource.self)
    #expect(
      error?.description
        == "mesos.v1.Resource: ranges.range of \"ports\" is 9-8, which ends before it begins")
  }

  // MARK: Bounds

  @Test func containersNestedTooDeepAreRefused() throws {
    func id(depth: Int) -> ContainerID {
      (1..<depth).reduce(.root("c")) { id, _ in .nested("c", parent: id) }
    }
    var encoder = MessageEncoder()
    var decoder = MessageDecoder()
    for (depth, isFine) in [(32, true), (33, false), (60, false)] {
      let status = TaskStatus(taskID: "t", state: .running, containerID: id(depth: depth))
      var bytes: [UInt8] = []
      encoder.encode(.schedulerEvent(.update(status)), into: &bytes)
      let decoded = try? decoder.decode(bytes)
      #expect((decoded == .schedulerEvent(.update(status))) == isFine)
    }
  }

  @Test func aMessageOfMoreResourcesThanCanBeComparedIsRefused() throws {
    let resources = (0..<5000).map { Resource("r\($0)", .scalar(Scalar(1))) }
    var bytes: [UInt8] = []
    var encoder = MessageEncoder()
    for resource in resources {
      var one: [UInt8] = []
      encoder.encodeValue(resource, into: &one)
      bytes += field(2, one)
    }
    var decoder = MessageDecoder()
    #expect(throws: WireError.self) {
      try decoder.decodeValue(SchedulerCall.ResourceRequest.self, from: bytes)
    }
  }

  @Test func amountsThatAddUpToTooMuchAreRefused() throws {
    let error = try refusal(
      """
      resources { name: "mem" type: SCALAR scalar { value: 9e9 } }
      resources { name: "mem" type: SCALAR scalar { value: 1 } }
      """, as: "mesos.v1.Request", SchedulerCall.ResourceRequest.self)
    #expect(error?.description.contains("adds up to 9000000001") == true)
  }
}
