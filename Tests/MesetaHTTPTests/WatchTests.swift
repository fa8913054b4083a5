import Logging
import MesetaHost
import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaHTTP

/// SUBSCRIBE of the operator API, and the logging level.
@Suite(.timeLimit(.minutes(5))) struct WatchTests {
  /// An operator's stream, after the two events that it begins with.
  private final class Watch {
    private let client: RawClient
    private(set) var state: JSONValue

    init(_ address: HostPort) async throws {
      client = try await RawClient.connect(to: address)
      try await client.send(post(#"{"type": "SUBSCRIBE"}"#, to: "/api/v1"))
      let head = try await client.head()
      #expect(head.status == 200)
      #expect(head.fields["content-type"] == "application/json")
      #expect(head.fields["transfer-encoding"] == "chunked")
      let first = try JSONValue(try #require(try await client.record()))
      #expect(first["type"].text == "SUBSCRIBED")
      #expect(first["subscribed"]["heartbeat_interval_seconds"].number == 15)
      state = first["subscribed"]["get_state"]
      let second = try JSONValue(try #require(try await client.record()))
      #expect(second["type"].text == "HEARTBEAT" && second.names == ["type"])
    }

    func event() async throws -> JSONValue? {
      guard let record = try await client.record() else { return nil }
      return try JSONValue(record)
    }

    /// The next event of a type; others before it are passed over.
    func event(_ type: String) async throws -> JSONValue {
      while let event = try await event() {
        if event["type"].text == type { return event[type.lowercased()] }
      }
      throw ConnectionClosed()
    }

    func leave() async throws { try await client.close() }
    func closeOutput() async throws { try await client.closeOutput() }
  }

  @Test func frameworksComeChangeAndGo() async throws {
    try await withMaster { master in
      let watch = try await Watch(master.server.address)
      #expect(watch.state["get_frameworks"]["frameworks"].count == 0)
      let framework = try await Subscription.open(
        at: master.server.address, #""roles": ["dev"], "failover_timeout": 60"#)
      let added = try #require(try await watch.event())
      #expect(added["type"].text == "FRAMEWORK_ADDED")
      let told = added["framework_added"]["framework"]
      #expect(told["framework_info"]["id"]["value"].text == framework.id)
      #expect(told["active"].flag == true && told["connected"].flag == true)
      try await framework.leave()
      let away = try await watch.event("FRAMEWORK_UPDATED")["framework"]
      #expect(away["connected"].flag == false)
      let back = try await Subscription.open(
        at: master.server.address, #""roles": ["qa"], "failover_timeout": 60"#, id: framework.id)
      let returned = try await watch.event("FRAMEWORK_UPDATED")["framework"]
      #expect(returned["connected"].flag == true)
      #expect(returned["framework_info"]["roles"][0].text == "qa")
      #expect(try await back.call("TEARDOWN").status == 202)
      let removed = try await watch.event("FRAMEWORK_REMOVED")
      #expect(removed["framework_info"]["id"]["value"].text == framework.id)
      #expect(
        try await Watch(master.server.address).state["get_frameworks"]["completed_frameworks"].count == 1)
    }
  }

  @Test func tasksAndAgentsAreTold() async throws {
    try await withCluster { address in
      let watch = try await Watch(address)
      if watch.state["get_agents"]["agents"].count == 0 {
        #expect(try await watch.event("AGENT_ADDED")["agent"]["active"].flag == true)
      }
      let framework = try await Subscription.open(at: address)
      #expect(try await framework.launch("t", "exit 3", on: try await framework.offer()).status == 202)
      let task = try await watch.event("TASK_ADDED")["task"]
      #expect(task["task_id"]["value"].text == "t" && task["state"].text == "TASK_STAGING")
      #expect(task["framework_id"]["value"].text == framework.id)
      let early = ["TASK_STAGING", "TASK_STARTING", "TASK_RUNNING"]
      #expect(try await framework.state(of: "t", after: early) == "TASK_FAILED")
      var states: [String] = []
      while states.last != "TASK_FAILED" {
        let updated = try await watch.event("TASK_UPDATED")
        #expect(updated["status"]["task_id"]["value"].text == "t")
        states.append(try #require(updated["status"]["state"].text))
      }
      #expect(states.contains("TASK_RUNNING"))
      // Who begins later is told what there is.
      let later = try await Watch(address)
      #expect(later.state["get_agents"]["agents"][0]["active"].flag == true)
      let known = later.state["get_tasks"]["tasks"].count + later.state["get_tasks"]["completed_tasks"].count
      #expect(known == 1)
      let agent = try #require(task["agent_id"]["value"].text)
      let client = try await RawClient.connect(to: address)
      let gone = #"{"type": "MARK_AGENT_GONE", "mark_agent_gone": {"agent_id": {"value": "\#(agent)"}}}"#
      #expect(try await client.ask(post(gone, to: "/api/v1")).status == 200)
      #expect(try await watch.event("AGENT_REMOVED")["agent_id"]["value"].text == agent)
    }
  }

  @Test(arguments: [false, true])
  func watchersAreCountedAndLeave(byHalf: Bool) async throws {
    try await withMaster { master in
      let watch = try await Watch(master.server.address)
      func count() async throws -> Double? {
        try JSONValue(try await master.ask(get("/metrics/snapshot")).body)[
          "master/operator_event_stream_subscribers"
        ].number
      }
      #expect(try await count() == 1)
      if byHalf { try await watch.closeOutput() } else { try await watch.leave() }
      while !Task.isCancelled, try await count() != 0 { await Task.yield() }
    }
  }

  @Test func aWatcherThatIsTooSlowHearsNoMore() async {
    let stream = OperatorStream()
    for _ in 0..<OperatorStream.maximumEvents { #expect(stream.add(.heartbeat)) }
    #expect(!stream.add(.heartbeat), "too much waits")
    #expect(stream.add(.heartbeat), "it has been said")
    #expect(await stream.next() == nil)
  }

  @Test func theStreamEndsWithTheMaster() async throws {
    let master = try await TestMaster()
    let watch = try await Watch(master.server.address)
    await master.host.stop()
    #expect(try await watch.event() == nil)
    await master.stop()
  }

  @Test func theLoggingLevelIsChangedForAWhile() async throws {
    try await withMaster { master in
      func level() async throws -> String { try await master.ask(get("/logging/toggle")).text }
      #expect(try await level() == "0\n")
      let set =
        #"{"type": "SET_LOGGING_LEVEL", "set_logging_level": {"level": 2, "duration": {"nanoseconds": 60000000000}}}"#
      #expect(try await master.ask(post(set, to: "/api/v1")).status == 200)
      #expect(try await level() == "2\n")
      #expect(
        try await master.ask(post(#"{"type": "GET_LOGGING_LEVEL"}"#, to: "/api/v1")).text
          == #"{"type":"GET_LOGGING_LEVEL","get_logging_level":{"level":2}}"#)
      #expect(try await master.ask(get("/logging/toggle?level=1&duration=1ms")).status == 200)
      while !Task.isCancelled, try await level() != "0\n" { await Task.yield() }
      for query in [
        "level=1", "duration=1secs", "level=x&duration=1secs", "level=-1&duration=1secs",
        "level=1&duration=x",
      ] {
        #expect(try await master.ask(get("/logging/toggle?\(query)")).status == 400)
      }
    }
  }

  @Test func aLoggerSaysMoreForAWhile() {
    let verbosity = LogVerbosity()
    let logger = Logger(label: "test") { verbosity.handler(StreamLogHandler.standardError(label: $0)) }
    #expect(logger.logLevel == .info)
    verbosity.set(1, for: .minutes(1))
    #expect(logger.logLevel == .debug)
    verbosity.set(5, for: .minutes(1))
    #expect(logger.logLevel == .trace)
    verbosity.set(0, for: .minutes(1))
    #expect(logger.logLevel == .info)
  }
}
