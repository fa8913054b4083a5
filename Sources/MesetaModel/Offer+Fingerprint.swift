// The digest of an offer. A master makes half a million of them a second: their bytes on the wire would cost too much.

extension Offer {
  /// The number in its id, without a copy of the id.
  package var number: UInt64? { fields.value.id.number }

  /// Mixes in all that the offer says; false, with nothing done, if there is something in it that only its bytes tell.
  package func mix(into print: inout Fingerprint) -> Bool {
    fields.value.mix(into: &print)
  }
}

extension Offer.Fields {
  fileprivate func mix(into print: inout Fingerprint) -> Bool {
    guard unknownFields.isEmpty, resources.resources.allSatisfy({ $0.isPlain }) else { return false }
    print.mix(id.number ?? .max)
    print.mix(id.prefix)
    frameworkID.mix(into: &print)
    agentID.mix(into: &print)
    print.mix(hostname)
    print.mix(allocationRole)
    print.mix(resources.count)
    for index in resources.resources.indices {
      print.mix(resources.resources[index].name)
      resources.resources[index].value.mix(into: &print)
      print.mix(resources.resources[index].allocationRole ?? "")
    }
    print.mix(attributes.count)
    for attribute in attributes { attribute.mix(into: &print) }
    print.mix(executorIDs.count)
    for executor in executorIDs { print.mix(executor.value) }
    if let domain {
      print.mix(domain.region)
      print.mix(domain.zone)
    }
    if let unavailability {
      print.mix(UInt64(bitPattern: unavailability.start))
      print.mix(UInt64(bitPattern: unavailability.duration ?? -1))
    }
    print.mix((domain == nil ? 0 : 1) | (unavailability == nil ? 0 : 2))
    return true
  }
}

extension ResourceValue {
  fileprivate func mix(into print: inout Fingerprint) {
    switch self {
    case .scalar(let scalar): print.mix(UInt64(bitPattern: scalar.milli))
    case .ranges(let ranges): ranges.mix(into: &print)
    case .set(let set): set.mix(into: &print)
    }
  }
}

extension ItemSet {
  fileprivate func mix(into print: inout Fingerprint) {
    print.mix(~items.count)
    for item in items { print.mix(item) }
  }
}

extension Ranges {
  fileprivate func mix(into print: inout Fingerprint) {
    print.mix(ranges.count)
    for range in ranges {
      print.mix(range.lowerBound)
      print.mix(range.upperBound)
    }
  }
}

extension Attribute {
  fileprivate func mix(into print: inout Fingerprint) {
    print.mix(name)
    switch value {
    case .scalar(let scalar): print.mix(UInt64(bitPattern: scalar.milli))
    case .ranges(let ranges): ranges.mix(into: &print)
    case .set(let set): set.mix(into: &print)
    case .text(let text): print.mix(text)
    }
  }
}
