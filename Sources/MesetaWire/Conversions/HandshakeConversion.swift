// The first message in each direction of a connection.

package import CMesosWire
import MesetaModel
public import MesetaProtocol

/// What the side that opens a connection says first, after the magic bytes.
public struct Handshake: Hashable, Sendable {
  /// The versions of the native protocol that the node speaks, from the oldest to the newest.
  public var versions: ClosedRange<UInt32>
  /// One bit a feature that the node may use.
  public var features: UInt64
  public var role: PeerRole
  /// Who the node says to be, and what proves it.
  public var credential: Credential?
  /// Names the node, for people to read.
  public var nodeName: String

  public init(
    versions: ClosedRange<UInt32>, features: UInt64 = 0, role: PeerRole, credential: Credential? = nil,
    nodeName: String = ""
  ) {
    self.versions = versions
    self.features = features
    self.role = role
    self.credential = credential
    self.nodeName = nodeName
  }
}

/// A principal and its secret (`mesos.v1.Credential`).
public struct Credential: Hashable, Sendable {
  public var principal: String
  public var secret: String?

  public init(principal: String, secret: String? = nil) {
    self.principal = principal
    self.secret = secret
  }
}

/// The answer to a ``Handshake``.
public enum HandshakeReply: Hashable, Sendable {
  /// The version and the features to use, both at most what was proposed.
  case accepted(version: UInt32, features: UInt64, nodeName: String)
  /// The connection is of no use, for the reason given, and ends.
  case refused(String)
}

extension Handshake: WireConvertible {
  package typealias CMessage = Meseta__V1__Handshake
  package static var descriptor: MessageDescriptor { meseta__v1__handshake__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    let (oldest, newest) = (wire.pointee.minimum_version, wire.pointee.maximum_version)
    guard oldest <= newest else {
      throw Self.invalid("maximum_version", "is \(newest), less than the minimum of \(oldest)")
    }
    guard let role = PeerRole(rawValue: Int32(bitPattern: wire.pointee.role.rawValue)) else {
      throw Self.invalid("role", "is \(wire.pointee.role.rawValue), which this version does not know")
    }
    self.init(
      versions: oldest...newest, features: wire.pointee.has_features == 0 ? 0 : wire.pointee.features,
      role: role, credential: try context.message(wire.pointee.credential),
      nodeName: context.text(wire.pointee.node_name))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.minimum_version = versions.lowerBound
    wire.pointee.maximum_version = versions.upperBound
    wire.pointee.has_features = 1
    wire.pointee.features = features
    wire.pointee.role = .init(rawValue: UInt32(bitPattern: role.rawValue))
    wire.pointee.credential = context.message(credential)
    wire.pointee.node_name = context.text(nodeName)
  }
}

extension Credential: WireConvertible {
  package typealias CMessage = Mesos__V1__Credential
  package static var descriptor: MessageDescriptor { mesos__v1__credential__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      principal: context.text(wire.pointee.principal), secret: context.optionalText(wire.pointee.secret))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.principal = context.text(principal)
    wire.pointee.secret = context.text(secret)
  }
}

extension HandshakeReply: WireConvertible {
  package typealias CMessage = Meseta__V1__HandshakeReply
  package static var descriptor: MessageDescriptor { meseta__v1__handshake_reply__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    if let error = wire.pointee.error {
      self = .refused(context.text(error))
    } else if wire.pointee.has_version != 0 {
      self = .accepted(
        version: wire.pointee.version, features: wire.pointee.has_features == 0 ? 0 : wire.pointee.features,
        nodeName: context.text(wire.pointee.node_name))
    } else {
      throw Self.notPresent("version")
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    switch self {
    case .accepted(let version, let features, let nodeName):
      wire.pointee.has_version = 1
      wire.pointee.version = version
      wire.pointee.has_features = 1
      wire.pointee.features = features
      wire.pointee.node_name = context.text(nodeName)
    case .refused(let error): wire.pointee.error = context.text(error)
    }
  }
}
