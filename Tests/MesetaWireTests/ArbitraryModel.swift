// Random values of the model, the same for the same seed: what a codec must carry, corners included.

import MesetaModel
import MesetaWire

/// Draws random values.
struct Arbitrary {
  var random: Seeded

  init(seed: UInt64) { random = Seeded(state: seed) }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
  mutating func bool() -> Bool { below(2) == 0 }
  mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }

  mutating func maybe<Value>(_ make: (inout Arbitrary) -> Value) -> Value? {
    bool() ? make(&self) : nil
  }

  mutating func some<Value>(_ most: Int = 3, _ make: (inout Arbitrary) -> Value) -> [Value] {
    (0..<below(most + 1)).map { _ in make(&self) }
  }

  // MARK: Plain values

  mutating func text() -> String {
    one(of: [
      "", "a", "cpus", "exactly 15 byte", "sixteen bytes 16", "größe €", "🚀\u{1F}\"\\\n\u{7F}",
      "19bbc97d-6a77-4a2b-bb1c-96c8649443bf-0007", String(repeating: "long ", count: 60), "x\(below(1000))",
    ])
  }

  mutating func data() -> [UInt8] { some(20) { UInt8(truncatingIfNeeded: $0.random.next()) } }
  mutating func int64() -> Int64 {
    one(of: [0, 1, -1, .min, .max, 1_500_000_000, Int64(bitPattern: random.next())])
  }
  mutating func int32() -> Int32 { Int32(truncatingIfNeeded: int64()) }
  mutating func double() -> Double {
    one(of: [0, 0.1, -1.5, 5, 1e21, .infinity, .leastNonzeroMagnitude, Double(below(1_000_000)) / 7])
  }
  mutating func uuid() -> UUID { UUID(high: random.next(), low: random.next()) }

  // MARK: Resources

  mutating func scalar() -> Scalar {
    one(of: [
      Scalar(milli: 1), Scalar(4), Scalar(milli: 100), Scalar(milli: Int64(below(1_000_000))),
    ])
  }

  mutating func ranges() -> Ranges {
    Ranges(
      some(4) { arbitrary -> ClosedRange<UInt64> in
        let begin: UInt64 = arbitrary.one(of: [0, 31000, .max - 5, UInt64(arbitrary.below(100))])
        return begin...(begin + UInt64(arbitrary.below(5)))
      })
  }

  mutating func itemSet() -> ItemSet { ItemSet(some { $0.text() }) }

  mutating func labels() -> Labels {
    some { arbitrary in Label(arbitrary.text(), arbitrary.maybe { $0.text() }) }
  }

  /// A message's bytes that are as our encoder writes them: field 1, a text.
  mutating func encoded() -> EncodedMessage {
    let value = Array(text().utf8)
    return EncodedMessage(field(1, value))
  }

  /// Fields that no message of the schema has.
  mutating func unknownFields() -> UnknownFields {
    guard below(4) == 0 else { return UnknownFields() }
    return UnknownFields(field(9001, data()) + field(9002, random.next()))
  }

  mutating func reservation() -> Reservation {
    Reservation(
      bool() ? .fixed : .dynamic, role: one(of: ["eng", "eng/backend", "ads"]),
      principal: maybe { $0.text() }, labels: maybe { $0.labels() })
  }

  mutating func disk() -> DiskInfo {
    DiskInfo(
      persistence: maybe { arbitrary in
        DiskInfo.Persistence(id: arbitrary.text(), principal: arbitrary.maybe { $0.text() })
      },
      volume: maybe { arbitrary in
        var volume = DiskInfo.Volume(
          arbitrary.text(), hostPath: arbitrary.maybe { $0.text() },
          mode: arbitrary.bool() ? .readWrite : .readOnly)
        volume.unknownFields = arbitrary.unknownFields()
        return volume
      },
      source: maybe { arbitrary in
        let kind = arbitrary.one(of: [DiskInfo.Source.Kind.path, .mount, .block, .raw])
        return DiskInfo.Source(
          kind, root: kind == .path || kind == .mount ? arbitrary.maybe { $0.text() } : nil,
          id: arbitrary.maybe { $0.text() }, metadata: arbitrary.maybe { $0.labels() },
          profile: arbitrary.maybe { $0.text() }, vendor: arbitrary.maybe { $0.text() })
      })
  }

  mutating func resource() -> Resource {
    let value: ResourceValue =
      switch below(4) {
      case 0: .ranges(ranges())
      case 1: .set(itemSet())
      default: .scalar(scalar())
      }
    var traits = ResourceTraits()
    if below(3) == 0 {
      traits = ResourceTraits(
        reservations: some { $0.reservation() }, disk: maybe { $0.disk() }, isRevocable: bool(),
        isShared: bool(), providerID: maybe { ResourceProviderID($0.text()) })
    }
    return Resource(
      one(of: ["cpus", "mem", "ports", text()]), value, traits: traits, allocationRole: maybe { $0.text() })
  }

  mutating func resources() -> Resources { Resources(some(5) { $0.resource() }) }

  mutating func attribute() -> Attribute {
    let value: Attribute.Value =
      switch below(4) {
      case 0: .scalar(bool() ? .maximum : scalar())
      case 1: .ranges(ranges())
      case 2: .set(itemSet())
      default: .text(text())
      }
    return Attribute(text(), value)
  }

  // MARK: Descriptions

  mutating func domain() -> FaultDomain { FaultDomain(region: text(), zone: text()) }

  mutating func framework() -> FrameworkInfo {
    var info = FrameworkInfo(
      user: text(), name: text(), id: maybe { FrameworkID($0.text()) }, failoverTimeout: double(),
      checkpoint: bool(), role: maybe { $0.one(of: ["*", "eng"]) }, roles: some { $0.text() },
      hostname: maybe { $0.text() }, principal: maybe { $0.text() }, webuiURL: maybe { $0.text() },
      capabilities: some { $0.one(of: FrameworkInfo.Capability.allCases) }, labels: maybe { $0.labels() },
      offerFilters: (0..<below(3)).map { number in
        OfferFilter(
          role: "role\(number)",
          minimalQuantities: maybe { arbitrary in
            arbitrary.some { arbitrary in
              (0..<arbitrary.below(3)).map { ResourceQuantity("r\($0)", arbitrary.scalar()) }
            }
          })
      })
    info.unknownFields = unknownFields()
    return info
  }

  mutating func offerConstraints() -> OfferConstraints {
    OfferConstraints(
      some { arbitrary in
        (arbitrary.text(), arbitrary.some { arbitrary in arbitrary.some { $0.attributeConstraint() } })
      })
  }

  private mutating func attributeConstraint() -> AttributeConstraint {
    let selector = one(of: [AttributeConstraint.Selector.hostname, .region, .zone, .attribute(text())])
    let predicate = one(of: [
      AttributeConstraint.Predicate.exists, .notExists, .equals(text()), .notEquals(text()), .matches(text()),
      .notMatches(text()),
    ])
    return .where(selector, predicate)
  }

  mutating func agent() -> AgentInfo {
    var info = AgentInfo(
      hostname: text(), port: int32(), resources: resources(), attributes: some { $0.attribute() },
      id: maybe { AgentID($0.text()) }, domain: maybe { $0.domain() })
    info.unknownFields = unknownFields()
    return info
  }

  mutating func master() -> MasterInfo {
    MasterInfo(
      id: text(), hostname: text(), ip: one(of: ["127.0.0.1", "10.1.2.250", "::1", ""]),
      port: Int32(below(65536)), version: text())
  }

  mutating func command() -> CommandInfo {
    CommandInfo(
      value: maybe { $0.text() }, isShell: bool(), arguments: some { $0.text() },
      environment: some { arbitrary in
        EnvironmentVariable(
          arbitrary.text(),
          arbitrary.bool() ? .text(arbitrary.text()) : .secret(EncodedMessage(field(1, UInt64(2)))))
      },
      uris: some { arbitrary in
        CommandInfo.URI(
          arbitrary.text(), isExecutable: arbitrary.bool(), extract: arbitrary.bool(),
          cache: arbitrary.bool(), outputFile: arbitrary.maybe { $0.text() })
      },
      user: maybe { $0.text() })
  }

  mutating func executor() -> ExecutorInfo {
    var info = ExecutorInfo(
      id: ExecutorID(text()), kind: maybe { $0.one(of: [.unknown, .default, .custom]) },
      command: maybe { $0.command() }, frameworkID: maybe { FrameworkID($0.text()) },
      name: maybe { $0.text() }, source: maybe { $0.text() }, data: maybe { $0.data() },
      resources: resources(), shutdownGracePeriod: maybe { $0.int64() }, labels: maybe { $0.labels() },
      container: maybe { _ in EncodedMessage(field(1, UInt64(2))) },
      discovery: maybe { _ in EncodedMessage(field(1, UInt64(1))) })
    info.unknownFields = unknownFields()
    return info
  }

  mutating func task() -> TaskInfo {
    var fields = TaskInfo.Fields(
      name: text(), id: TaskID(text()), agentID: AgentID(text()), resources: resources(),
      command: maybe { $0.command() }, executor: maybe { $0.executor() })
    fields.data = maybe { $0.data() }
    fields.labels = maybe { $0.labels() }
    fields.killGracePeriod = maybe { $0.int64() }
    fields.maxCompletionTime = maybe { $0.int64() }
    fields.limits = (0..<below(3)).map { number in
      ResourceLimit("r\(number)", bool() ? .infinite : .scalar(scalar()))
    }
    fields.healthCheck = maybe { _ in EncodedMessage(field(8, UInt64(1))) }
    fields.check = maybe { _ in EncodedMessage(field(1, UInt64(2))) }
    fields.container = maybe { _ in EncodedMessage(field(1, UInt64(2))) }
    fields.discovery = maybe { _ in EncodedMessage(field(1, UInt64(1))) }
    fields.unknownFields = unknownFields()
    return TaskInfo(fields)
  }

  mutating func containerID() -> ContainerID {
    (0..<below(5)).reduce(.root(text())) { id, _ in .nested(text(), parent: id) }
  }

  mutating func status() -> TaskStatus {
    var status = TaskStatus(
      taskID: TaskID(text()), state: one(of: TaskState.allCases),
      source: maybe { $0.one(of: TaskStatus.Source.allCases) },
      reason: maybe { $0.one(of: TaskStatus.Reason.allCases) }, message: maybe { $0.text() },
      agentID: maybe { AgentID($0.text()) }, executorID: maybe { ExecutorID($0.text()) },
      timestamp: maybe { $0.double() }, uuid: maybe { $0.uuid() }, isHealthy: maybe { $0.bool() },
      data: maybe { $0.data() }, labels: maybe { $0.labels() }, unreachableTime: maybe { $0.int64() },
      containerID: maybe { $0.containerID() })
    switch below(3) {
    case 0:
      // container_status.executor_pid, limitation, and a field that nobody knows.
      status.unknownFields = UnknownFields(
        field(13, field(3, UInt64(4711))) + field(16, []) + field(9001, data()))
    case 1: status.unknownFields = unknownFields()
    default: break
    }
    return status
  }

  mutating func offer() -> Offer {
    var offer = Offer(
      id: bool() ? OfferID(prefix: text(), number: UInt64(below(1 << 40))) : OfferID(text()),
      frameworkID: FrameworkID(text()), agentID: AgentID(text()), hostname: text(), resources: resources(),
      attributes: some { $0.attribute() }, executorIDs: some { ExecutorID($0.text()) },
      allocationRole: text(), domain: maybe { $0.domain() },
      unavailability: maybe { arbitrary in
        Unavailability(start: arbitrary.int64(), duration: arbitrary.maybe { $0.int64() })
      })
    offer.unknownFields = unknownFields()
    return offer
  }

  mutating func operation() -> Operation {
    let kind: Operation.Kind =
      switch below(9) {
      case 0: .launch(some { $0.task() })
      case 1: .launchGroup(executor: executor(), tasks: some { $0.task() })
      case 2: .reserve(resources: resources(), source: resources())
      case 3: .unreserve(resources())
      case 4: .create(volumes: resources())
      case 5: .destroy(volumes: resources())
      case 6: .growVolume(volume: resource(), addition: resource())
      case 7: .shrinkVolume(volume: resource(), subtract: scalar())
      // A type of a later version, or DESTROY_DISK without its message.
      default: .unknown(EncodedMessage(field(1, UInt64(bool() ? 99 : 14))))
      }
    if case .unknown = kind { return Operation(kind) }
    return Operation(kind, id: maybe { OperationID($0.text()) })
  }

  mutating func operationStatus() -> OperationStatus {
    OperationStatus(
      operationID: maybe { OperationID($0.text()) }, state: one(of: OperationState.allCases),
      message: maybe { $0.text() }, convertedResources: resources(), uuid: maybe { $0.uuid() },
      agentID: maybe { AgentID($0.text()) }, resourceProviderID: maybe { ResourceProviderID($0.text()) })
  }
}
