import Foundation
import MesetaModel
import Testing

@testable import MesetaStorage

@Suite struct LeaderTests {
  private let info = MasterInfo(
    id: "3c9a", hostname: "m1.example", ip: "10.0.0.1", port: 5050, version: "1.11.0",
    domain: FaultDomain(region: "eu", zone: "a"))

  private func node(_ name: String) throws -> ElectionNode { try #require(ElectionNode(name)) }

  /// What Mesos's masters write, and its clients read.
  @Test func theNodeHoldsMasterInfoAsMesosWritesIt() throws {
    let leader = Leader(info, nativeAddress: HostPort(host: "10.0.0.1", port: 5052))
    let document = try JSONSerialization.jsonObject(with: Data(try leader.json()))
    let expected: NSDictionary = [
      "id": "3c9a", "hostname": "m1.example", "ip": 16_777_226, "port": 5050, "pid": "master@10.0.0.1:5050",
      "version": "1.11.0",
      "address": ["hostname": "m1.example", "ip": "10.0.0.1", "port": 5050],
      "capabilities": [["type": "AGENT_UPDATE"], ["type": "AGENT_DRAINING"], ["type": "QUOTA_V2"]],
      "domain": ["fault_domain": ["region": ["name": "eu"], "zone": ["name": "a"]]],
      "meseta_native_address": "10.0.0.1:5052",
    ]
    #expect(document as? NSDictionary == expected)
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    var leader = Leader(info, nativeAddress: HostPort(host: "10.0.0.1", port: 5052))
    leader.candidate = "json.info_0000000004"
    #expect(try Leader(json: leader.json(), of: node("json.info_0000000004")) == leader)
    #expect(leader.httpAddress == HostPort(host: "10.0.0.1", port: 5050))
    #expect(leader.name == "m1.example (10.0.0.1:5052)")
  }

  /// As Mesos 1.11 writes it.
  @Test func aMasterOfMesosIsReadToo() throws {
    let text = """
      {"address":{"hostname":"host","ip":"192.168.1.9","port":5050},"capabilities":[{"type":"AGENT_UPDATE"}],\
      "hostname":"host","id":"b1f6","ip":151103680,"pid":"master@192.168.1.9:5050","port":5050,"version":"1.11.0"}
      """
    let leader = try Leader(json: Array(text.utf8), of: node("json.info_0000000004"))
    #expect(leader.nativeAddress == nil)
    #expect(leader.httpAddress == HostPort(host: "192.168.1.9", port: 5050))
    #expect(leader.info.id == "b1f6")
  }

  @Test(arguments: ["", "{", "master@10.0.0.1:5050", "{\"hostname\":\"x\"}"])
  func whatIsNoMasterInfoIsRefused(text: String) throws {
    let node = try node("json.info_0000000004")
    #expect(throws: (any Error).self) { try Leader(json: Array(text.utf8), of: node) }
  }
}
