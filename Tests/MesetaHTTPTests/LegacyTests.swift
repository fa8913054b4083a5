import MesetaModel
import Testing

@testable import MesetaHTTP

/// Mesos's endpoints without a version by which operators change something.
@Suite(.timeLimit(.minutes(5))) struct LegacyTests {
  private func form(_ body: String, to path: String) -> String {
    post(body, to: path, ["Content-Type": "application/x-www-form-urlencoded", "Accept": ""])
  }

  private func put(_ body: String, to path: String) -> String {
    "PUT \(path) HTTP/1.1\r\nHost: master\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  @Test func aFormHasItsTextsInPercentEncoding() throws {
    let form = try FormFields(Array("a=b+c%2Bd%20e&f&g=".utf8))
    #expect(form["a"] == "b c+d e" && form["f"] == "" && form["g"] == "" && form["h"] == nil)
  }

  // MARK: As recorded

  @Test func aTeardownNeedsAFrameworkThatIsThere() async throws {
    try await withMaster { master in
      for prefix in ["", "/master"] {
        let empty = try await master.ask(form("", to: prefix + "/teardown"))
        #expect(empty.status == 400)
        #expect(empty.text == "Missing 'frameworkId' query parameter in the request body")
        let unknown = try await master.ask(form("frameworkId=nope", to: prefix + "/teardown"))
        #expect(unknown.status == 400)
        #expect(unknown.text == "No framework found with specified ID")
        let get = try await master.ask(get(prefix + "/teardown"))
        #expect(get.status == 405)
        #expect(get.text == "405 Method Not Allowed. Expecting one of { 'POST' }, but received 'GET'.")
      }
      let call = #"{"type": "TEARDOWN", "teardown": {"framework_id": {"value": "nope"}}}"#
      let reply = try await master.ask(post(call, to: "/api/v1"))
      #expect(reply.status == 400 && reply.text == "No framework found with specified ID")
    }
  }

  @Test func aTeardownEndsAFramework() async throws {
    try await withMaster { master in
      let framework = try await Subscription.open(at: master.server.address)
      #expect(try await master.ask(form("frameworkId=\(framework.id)", to: "/teardown")).status == 200)
      #expect(try await framework.event() == nil)
    }
  }

  @Test func weightsAreSetAndTold() async throws {
    try await withMaster { master in
      let malformed = try await master.ask(put(#"[{"role":"ops","weight":3.25 }"#, to: "/weights"))
      #expect(malformed.status == 400)
      #expect(
        malformed.text.hasPrefix(
          #"Failed to parse update weights request JSON '[{"role":"ops","weight":3.25 }': "#))
      #expect(try await master.ask(put(#"[{"role":"ops","weight":3.25}]"#, to: "/weights")).status == 200)
      #expect(try await master.ask(get("/weights")).text == #"[{"role":"ops","weight":3.25}]"#)
      // A bracket in a text is none.
      #expect(try await master.ask(put(#"[{"role":"a]\"b","weight":2}]"#, to: "/weights")).status == 200)
      let zero = try await master.ask(put(#"[{"role":"ops","weight":0}]"#, to: "/weights"))
      #expect(zero.status == 400)
      #expect(try await master.ask(get("/weights", method: "DELETE")).head.fields["allow"] == "GET, PUT")
    }
  }

  @Test func quotasAreSetToldAndRemoved() async throws {
    try await withMaster { master in
      let wanted =
        #"{"role":"dev","force":true,"guarantee":[{"name":"cpus","type":"SCALAR","scalar":{"value":2}}]}"#
      #expect(try await master.ask(post(wanted, to: "/quota")).status == 200)
      #expect(
        try await master.ask(get("/quota")).text
          == #"{"infos":[{"role":"dev","guarantee":[{"name":"cpus","type":"SCALAR","scalar":{"value":2.0}}]}],"#
          + #""configs":[{"role":"dev","guarantees":{"cpus":{"value":2.0}},"limits":{"cpus":{"value":2.0}}}]}"#
      )
      #expect(try await master.ask(post("[", to: "/quota")).status == 400)
      #expect(try await master.ask(get("/quota", method: "DELETE")).status == 400)
      #expect(try await master.ask(get("/master/quota/d%65v", method: "DELETE")).status == 200)
      #expect(try await master.ask(get("/quota")).text == "{}")
      let again = try await master.ask(get("/quota/dev", method: "DELETE"))
      #expect(again.status == 400 && again.text.contains("has no quota set"))
    }
  }

  @Test func machinesAreScheduledAndTakenDownAndUp() async throws {
    try await withMaster { master in
      let machine = #"{"hostname":"node1","ip":"10.0.0.1"}"#
      let schedule =
        #"{"windows":[{"machine_ids":[\#(machine)],"unavailability":{"start":{"nanoseconds":1795379688718433024}}}]}"#
      let early = try await master.ask(post("[\(machine)]", to: "/machine/down"))
      #expect(early.status == 400)
      #expect(try await master.ask(post(schedule, to: "/maintenance/schedule")).status == 200)
      #expect(try await master.ask(get("/maintenance/schedule")).text == schedule)
      #expect(
        try await master.ask(get("/master/maintenance/status")).text
          == #"{"draining_machines":[{"id":\#(machine)}]}"#)
      #expect(try await master.ask(post("[\(machine)]", to: "/machine/down")).status == 200)
      #expect(
        try await master.ask(get("/maintenance/status")).text == #"{"down_machines":[\#(machine)]}"#)
      #expect(try await master.ask(post("[\(machine)]", to: "/machine/up")).status == 200)
      #expect(try await master.ask(get("/maintenance/status")).text == "{}")
      for path in ["/machine/up", "/machine/down", "/maintenance/schedule"] {
        #expect(try await master.ask(post("{]", to: path)).status == 400)
      }
      #expect(try await master.ask(post("", to: "/maintenance/status")).status == 405)
    }
  }

  @Test func resourcesAreReservedAndVolumesMade() async throws {
    try await withCluster { address in
      let client = try await RawClient.connect(to: address)
      func slave() async throws -> JSONValue {
        try JSONValue(try await client.ask(get("/slaves")).body)["slaves"][0]
      }
      let agent = try #require(try await slave()["id"].text)
      let reservation = #""reservations":[{"type":"DYNAMIC","role":"ops"}]"#
      let cpus = #"[{"name":"cpus","type":"SCALAR","scalar":{"value":0.5},\#(reservation)}]"#
      let disk = #"{"name":"disk","type":"SCALAR","scalar":{"value":64},\#(reservation)"#
      let volume =
        #"[\#(disk),"disk":{"persistence":{"id":"v1"},"volume":{"mode":"RW","container_path":"data"}}}]"#
      func ask(_ path: String, _ name: String, _ list: String) async throws -> Int {
        let encoded = list.replacing("+", with: "%2B").replacing("{", with: "%7B")
        return try await client.ask(form("slaveId=\(agent)&\(name)=\(encoded)", to: path)).status
      }
      #expect(try await ask("/reserve", "resources", cpus) == 202)
      #expect(try await slave()["reserved_resources"]["ops"]["cpus"].number == 0.5)
      #expect(try await ask("/reserve", "resources", "[\(disk)}]") == 202)
      #expect(try await ask("/create-volumes", "volumes", volume) == 202)
      #expect(
        try await slave()["reserved_resources_full"]["ops"][1]["disk"]["persistence"]["id"].text == "v1")
      #expect(try await ask("/destroy-volumes", "volumes", volume) == 202)
      #expect(try await ask("/unreserve", "resources", "[\(disk)}]") == 202)
      #expect(try await ask("/unreserve", "resources", cpus) == 202)
      #expect(try await slave()["reserved_resources"].names.isEmpty)
      #expect(try await ask("/unreserve", "resources", cpus) == 409)
      #expect(try await ask("/reserve", "resources", "nonsense") == 400)
      #expect(try await ask("/reserve", "resources", #"[],"agent_id":{}"#) == 400)
      #expect(try await ask("/reserve", "volumes", cpus) == 400)
      #expect(try await client.ask(form("resources=%zz", to: "/reserve")).status == 400)
      let stranger = try await client.ask(form("slaveId=S404&resources=\(cpus)", to: "/reserve"))
      #expect(stranger.status == 400 && stranger.text.hasPrefix("No agent found with specified ID"))
    }
  }
}
