// What candidates say of themselves.

import Foundation
public import MesetaModel
import MesetaWire

/// The master that leads, as it says of itself in ZooKeeper.
public struct Leader: Hashable, Sendable {
  /// What Mesos's clients know of it.
  public var info: MasterInfo
  /// Where it speaks the native protocol; nil for a master of Mesos.
  public var nativeAddress: HostPort?
  /// The node of its candidacy: if it leads again it has another.
  package var candidate = ""

  /// A master.
  public init(_ info: MasterInfo, nativeAddress: HostPort?) {
    self.info = info
    self.nativeAddress = nativeAddress
  }

  /// Where it answers HTTP.
  public var httpAddress: HostPort { HostPort(host: info.ip, port: Int(info.port)) }

  /// The same by its name, if it has one, as clients from elsewhere have to find it.
  package var hostAddress: HostPort {
    HostPort(host: info.hostname.isEmpty ? info.ip : info.hostname, port: Int(info.port))
  }

  /// As messages to people name it.
  package var name: String {
    info.hostname.isEmpty || info.hostname == info.ip
      ? "\(nativeAddress ?? httpAddress)" : "\(info.hostname) (\(nativeAddress ?? httpAddress))"
  }

  /// `MasterInfo` as JSON, as Mesos writes it, and one field more, which Mesos's clients skip.
  package func json() throws -> [UInt8] {
    var bytes = try info.json()
    guard let nativeAddress, bytes.last == UInt8(ascii: "}") else { return bytes }
    bytes.removeLast()
    let separator = bytes.last == UInt8(ascii: "{") ? "" : ","
    let text = try JSONBuilder.document { builder throws(WireError) in builder.value("\(nativeAddress)") }
    bytes += Array("\(separator)\"\(Self.nativeField)\":".utf8) + text + [UInt8(ascii: "}")]
    return bytes
  }

  private static let nativeField = "meseta_native_address"

  private struct NativeField: Decodable {
    var address: String?
    enum CodingKeys: String, CodingKey { case address = "meseta_native_address" }
  }

  /// - Throws: what is wrong with the data of a candidate's node.
  package init(json bytes: [UInt8], of candidate: ElectionNode) throws {
    info = try MasterInfo(json: bytes)
    let field = try? JSONDecoder().decode(NativeField.self, from: Data(bytes))
    nativeAddress = try field?.address.map { try HostPort(parsing: $0, defaultPort: 5052) }
    self.candidate = candidate.name
  }
}
