import Foundation
import MesetaModel
import Testing

@testable import MesetaStorage

@Suite struct ZooKeeperAddressTests {
  @Test func serversAndAPathAreRead() throws {
    let address = try ZooKeeperAddress(parsing: "zk://one:2181,two:2182/meseta/prod")
    #expect(address.servers == [HostPort(host: "one", port: 2181), HostPort(host: "two", port: 2182)])
    #expect(address.path == "/meseta/prod")
    #expect(address.credentials == nil)
    #expect(address.node("registry") == "/meseta/prod/registry")
    #expect(address.description == "zk://one:2181,two:2182/meseta/prod")
  }

  @Test(arguments: ["zk://one", "zk://one/", " zk://one:2181\n"])
  func withoutAPathItIsTheTop(text: String) throws {
    let address = try ZooKeeperAddress(parsing: text)
    #expect(address.path == "/")
    #expect(address.servers == [HostPort(host: "one", port: 2181)])
    #expect(address.node("registry") == "/registry")
  }

  @Test func aPasswordIsKeptToOneself() throws {
    let address = try ZooKeeperAddress(parsing: "zk://jake:a:b@c@one:2181/meseta/")
    #expect(address.credentials == "jake:a:b@c")
    #expect(address.description == "zk://one:2181/meseta")
    let error = #expect(throws: ZooKeeperAddress.SyntaxError.self) {
      try ZooKeeperAddress(parsing: "zk://jake:secret@one:port/meseta")
    }
    #expect(error?.description.contains("secret") == false)
    #expect(error?.description.contains("the port \"port\" is not a number") == true)
  }

  @Test(arguments: [
    ("zookeeper://one/meseta", "has to begin with zk://"),
    ("zk://", "the host is missing"),
    ("zk:///meseta", "the host is missing"),
    ("zk://one,,two/meseta", "the host is missing"),
    ("zk://jake@one/meseta", "is not USER:PASSWORD"),
    ("zk://one/meseta/../other", "\"..\" cannot be the name of a node"),
  ])
  func whatIsNoAddressIsRefusedWithAReason(text: String, reason: String) {
    let error = #expect(throws: ZooKeeperAddress.SyntaxError.self) {
      try ZooKeeperAddress(parsing: text)
    }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test func anAddressMayStandInAFile() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(
      "zk-\(UInt64.random(in: 0 ... .max))")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data("zk://jake:secret@one:2181/meseta\n".utf8).write(to: file)
    let address = try ZooKeeperAddress(argument: "file://\(file.path)")
    #expect(address.credentials == "jake:secret")
    #expect(throws: ZooKeeperAddress.SyntaxError.self) {
      try ZooKeeperAddress(argument: "file:///there/is/no/such/file")
    }
  }
}
