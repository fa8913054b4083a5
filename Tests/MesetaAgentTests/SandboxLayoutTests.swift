// Where sandboxes are, and which identifiers cannot name a directory.

import MesetaAgent
import Testing

@Suite struct SandboxLayoutTests {
  let layout = SandboxLayout(workDirectory: "/var/lib/meseta")

  @Test func aSandboxIsWhereMesosPutsIt() throws {
    let run = try layout.sandbox(agentID: "S0", frameworkID: "F-1", executorID: "my task", containerID: "c1")
    let latest = try layout.latest(agentID: "S0", frameworkID: "F-1", executorID: "my task")
    #expect(run == "/var/lib/meseta/slaves/S0/frameworks/F-1/executors/my task/runs/c1")
    #expect(latest == "/var/lib/meseta/slaves/S0/frameworks/F-1/executors/my task/runs/latest")
  }

  @Test(arguments: [("/w/", "/w"), ("/w", "/w"), ("/w//", "/w"), ("/", "")])
  func aTrailingSlashOfTheWorkDirectoryDoesNotCount(path: String, expected: String) {
    #expect(SandboxLayout(workDirectory: path).workDirectory == expected)
  }

  @Test(arguments: [
    "", ".", "..", "a/b", "/", "../../etc", "a\0b", "a\nb", String(repeating: "x", count: 256),
  ])
  func anIdentifierThatLeadsElsewhereIsRefused(id: String) {
    let error = UnsafePathComponent(kind: "executor id", value: id)
    #expect(throws: error) {
      try layout.sandbox(agentID: "S0", frameworkID: "F", executorID: id, containerID: "c")
    }
    #expect(throws: UnsafePathComponent(kind: "container id", value: id)) {
      try layout.sandbox(agentID: "S0", frameworkID: "F", executorID: "e", containerID: id)
    }
    #expect(throws: UnsafePathComponent(kind: "agent id", value: id)) {
      try layout.latest(agentID: id, frameworkID: "F", executorID: "e")
    }
    #expect(throws: UnsafePathComponent(kind: "framework id", value: id)) {
      try layout.latest(agentID: "S0", frameworkID: id, executorID: "e")
    }
  }

  @Test(arguments: ["...", "a..b", "-rf", "é", String(repeating: "x", count: 255)])
  func anOrdinaryIdentifierIsTakenAsItIs(id: String) throws {
    let path = try layout.sandbox(agentID: id, frameworkID: id, executorID: id, containerID: id)
    #expect(path == "/var/lib/meseta/slaves/\(id)/frameworks/\(id)/executors/\(id)/runs/\(id)")
  }
}
