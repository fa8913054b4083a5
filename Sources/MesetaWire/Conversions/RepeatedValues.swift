// Values that one message holds many times, such as the framework, the role and the resources of its offers.

import CMesosWire
import MesetaModel

/// The last value of each kind that tends to come again, and where it came from.
///
/// Unpacking makes C messages with the same bytes one and the same, so that their address is enough to know them.
struct RepeatedValues {
  var frameworkID: (wire: UnsafeMutablePointer<Mesos__V1__FrameworkID>, value: FrameworkID)?
  var role: (wire: UnsafeMutablePointer<Mesos__V1__Resource__AllocationInfo>, value: String?)?
  var resources:
    (wire: UnsafeMutableBufferPointer<UnsafeMutablePointer<Mesos__V1__Resource>?>, value: Resources)?
  /// What stands before the number in the ids of one master's offers.
  var offerPrefix: (wire: UnsafeRawBufferPointer, value: String)?
}

extension DecodingContext {
  /// A framework's id, which has to be there; `owner` and `field` name it in the error.
  @inline(__always)
  func frameworkID<Owner: WireConvertible>(
    _ wire: UnsafeMutablePointer<Mesos__V1__FrameworkID>?, _ owner: Owner.Type, _ field: StaticString
  ) throws(WireError) -> FrameworkID {
    if let wire, let last = repeated.frameworkID, last.wire == wire { return last.value }
    let id: FrameworkID = try required(wire, owner, field)
    if let wire { repeated.frameworkID = (wire, id) }
    return id
  }

  /// The role that is allocated to, if one is.
  @inline(__always)
  func allocationRole(_ wire: UnsafeMutablePointer<Mesos__V1__Resource__AllocationInfo>?) -> String? {
    guard let wire else { return nil }
    if let last = repeated.role, last.wire == wire { return last.value }
    let role = optionalText(wire.pointee.role)
    repeated.role = (wire, role)
    return role
  }

  func resources(_ count: Int, _ list: MessageList<Mesos__V1__Resource>?) throws(WireError) -> Resources {
    guard let list, count > 0 else { return Resources() }
    let wire = UnsafeMutableBufferPointer(start: list, count: count)
    // Which messages the lists hold, not what these hold.
    if let last = repeated.resources, last.wire.count == count,
      meseta_same_bytes(last.wire.baseAddress, list, count * MemoryLayout<UnsafeRawPointer>.stride)
    {
      return last.value
    }
    let resources = try Resources(decoding: wire, self)
    repeated.resources = (wire, resources)
    return resources
  }

  func offerID(_ text: UnsafePointer<CChar>?) -> OfferID {
    guard let text else { return OfferID("") }
    let wire = UnsafeRawBufferPointer(start: text, count: meseta_text_length(text))
    guard let (prefix, number) = OfferID.parts(of: wire) else { return OfferID(self.text(text)) }
    if let last = repeated.offerPrefix, last.wire.count == prefix.count,
      meseta_same_bytes(last.wire.baseAddress, prefix.baseAddress, prefix.count)
    {
      return OfferID(prefix: last.value, number: number)
    }
    let value = String(decoding: prefix, as: UTF8.self)
    repeated.offerPrefix = (prefix, value)
    return OfferID(prefix: value, number: number)
  }
}

/// The last message of each kind that tends to be wanted again, and what it was built of.
struct RepeatedMessages {
  var frameworkID: (value: FrameworkID, wire: UnsafeMutablePointer<Mesos__V1__FrameworkID>)?
  var role: (value: String, wire: UnsafeMutablePointer<Mesos__V1__Resource__AllocationInfo>)?
  var resources: (value: [Resource], wire: MessageList<Mesos__V1__Resource>?)?
}

extension EncodingContext {
  func frameworkID(_ id: FrameworkID) -> UnsafeMutablePointer<Mesos__V1__FrameworkID>? {
    if let last = repeated.frameworkID, last.value == id { return last.wire }
    let wire = make(FrameworkID.CMessage.self, FrameworkID.descriptor)
    id.encode(into: wire, self)
    repeated.frameworkID = (id, wire)
    return wire
  }

  /// The role that something is allocated to.
  func allocation(_ role: String) -> UnsafeMutablePointer<Mesos__V1__Resource__AllocationInfo> {
    if let last = repeated.role, last.value == role { return last.wire }
    let wire = make(
      Mesos__V1__Resource__AllocationInfo.self, mesos__v1__resource__allocation_info__descriptor_address())
    wire.pointee.role = text(role)
    repeated.role = (role, wire)
    return wire
  }

  func resources(_ resources: Resources) -> MessageList<Mesos__V1__Resource>? {
    let resources = resources.resources
    if let last = repeated.resources, last.value == resources { return last.wire }
    let wire = messages(resources)
    repeated.resources = (resources, wire)
    return wire
  }
}
