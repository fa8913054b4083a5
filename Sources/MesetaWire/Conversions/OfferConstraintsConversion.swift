// Offer constraints. The messages of lists and alternatives without a name of their own are made where they are needed.

package import CMesosWire
package import MesetaModel

extension OfferConstraints: WireConvertible {
  package typealias CMessage = Mesos__V1__Scheduler__OfferConstraints
  package static var descriptor: MessageDescriptor {
    mesos__v1__scheduler__offer_constraints__descriptor_address()
  }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    var roles: [(role: String, groups: [Group])] = []
    for index in 0..<wire.pointee.n_role_constraints {
      guard let entry = wire.pointee.role_constraints?[index] else { continue }
      var groups: [Group] = []
      for index in 0..<(entry.pointee.value?.pointee.n_groups ?? 0) {
        guard let group = entry.pointee.value?.pointee.groups?[index] else { continue }
        groups.append(
          try context.messages(group.pointee.n_attribute_constraints, group.pointee.attribute_constraints))
      }
      roles.append((context.text(entry.pointee.key), groups))
    }
    self.init(roles)
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    if isEmpty { return }
    let list = context.allocate(
      UnsafeMutablePointer<Mesos__V1__Scheduler__OfferConstraints__RoleConstraintsEntry>?.self, roles.count)
    for (index, constraints) in roles.enumerated() {
      let entry = context.make(
        Mesos__V1__Scheduler__OfferConstraints__RoleConstraintsEntry.self,
        mesos__v1__scheduler__offer_constraints__role_constraints_entry__descriptor_address())
      entry.pointee.key = context.text(constraints.role)
      entry.pointee.value = context.roleConstraints(constraints.groups)
      list[index] = entry
    }
    wire.pointee.n_role_constraints = roles.count
    wire.pointee.role_constraints = list
  }
}

extension EncodingContext {
  /// Nil where there are none.
  func offerConstraints(_ constraints: OfferConstraints) -> UnsafeMutablePointer<OfferConstraints.CMessage>? {
    constraints.isEmpty ? nil : message(constraints)
  }

  fileprivate func roleConstraints(
    _ groups: [OfferConstraints.Group]
  ) -> UnsafeMutablePointer<Mesos__V1__Scheduler__OfferConstraints__RoleConstraints> {
    let wire = make(
      Mesos__V1__Scheduler__OfferConstraints__RoleConstraints.self,
      mesos__v1__scheduler__offer_constraints__role_constraints__descriptor_address())
    let list = allocate(
      UnsafeMutablePointer<Mesos__V1__Scheduler__OfferConstraints__RoleConstraints__Group>?.self, groups.count
    )
    for (index, group) in groups.enumerated() {
      let message = make(
        Mesos__V1__Scheduler__OfferConstraints__RoleConstraints__Group.self,
        mesos__v1__scheduler__offer_constraints__role_constraints__group__descriptor_address())
      message.pointee.n_attribute_constraints = group.count
      message.pointee.attribute_constraints = messages(group)
      list[index] = message
    }
    wire.pointee.n_groups = groups.count
    wire.pointee.groups = list
    return wire
  }
}

extension AttributeConstraint: WireConvertible {
  package typealias CMessage = Mesos__V1__Scheduler__AttributeConstraint
  package static var descriptor: MessageDescriptor {
    mesos__v1__scheduler__attribute_constraint__descriptor_address()
  }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      try context.required(wire.pointee.selector, Self.self, "selector"),
      try context.required(wire.pointee.predicate, Self.self, "predicate"))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.selector = context.message(selector)
    wire.pointee.predicate = context.message(predicate)
  }
}

extension AttributeConstraint.Selector: WireConvertible {
  package typealias CMessage = Mesos__V1__Scheduler__AttributeConstraint__Selector
  package static var descriptor: MessageDescriptor {
    mesos__v1__scheduler__attribute_constraint__selector__descriptor_address()
  }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    switch wire.pointee.selector_case {
    case MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__SELECTOR__SELECTOR_ATTRIBUTE_NAME:
      self = .attribute(context.text(wire.pointee.attribute_name))
    case MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__SELECTOR__SELECTOR_PSEUDOATTRIBUTE_TYPE:
      switch wire.pointee.pseudoattribute_type {
      case MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__SELECTOR__PSEUDOATTRIBUTE_TYPE__HOSTNAME:
        self = .hostname
      case MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__SELECTOR__PSEUDOATTRIBUTE_TYPE__REGION: self = .region
      case MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__SELECTOR__PSEUDOATTRIBUTE_TYPE__ZONE: self = .zone
      default: throw Self.invalid("pseudoattribute_type", "is not known: Unknown pseudoattribute type")
      }
    default:
      throw Self.invalid(
        "selector",
        "is not known: Exactly one of 'AttributeConstraint::Selector::name' or "
          + "'AttributeConstraint::Selector::pseudoattribute_type' must be set")
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    let pseudoattribute: Mesos__V1__Scheduler__AttributeConstraint__Selector__PseudoattributeType
    switch self {
    case .attribute(let name):
      wire.pointee.selector_case =
        MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__SELECTOR__SELECTOR_ATTRIBUTE_NAME
      wire.pointee.attribute_name = context.text(name)
      return
    case .hostname:
      pseudoattribute = MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__SELECTOR__PSEUDOATTRIBUTE_TYPE__HOSTNAME
    case .region:
      pseudoattribute = MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__SELECTOR__PSEUDOATTRIBUTE_TYPE__REGION
    case .zone:
      pseudoattribute = MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__SELECTOR__PSEUDOATTRIBUTE_TYPE__ZONE
    }
    wire.pointee.selector_case =
      MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__SELECTOR__SELECTOR_PSEUDOATTRIBUTE_TYPE
    wire.pointee.pseudoattribute_type = pseudoattribute
  }
}

extension AttributeConstraint.Predicate: WireConvertible {
  package typealias CMessage = Mesos__V1__Scheduler__AttributeConstraint__Predicate
  package static var descriptor: MessageDescriptor {
    mesos__v1__scheduler__attribute_constraint__predicate__descriptor_address()
  }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    switch wire.pointee.predicate_case {
    case MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__PREDICATE__PREDICATE_EXISTS: self = .exists
    case MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__PREDICATE__PREDICATE_NOT_EXISTS: self = .notExists
    case MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__PREDICATE__PREDICATE_TEXT_EQUALS:
      self = .equals(context.text(wire.pointee.text_equals?.pointee.value))
    case MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__PREDICATE__PREDICATE_TEXT_NOT_EQUALS:
      self = .notEquals(context.text(wire.pointee.text_not_equals?.pointee.value))
    case MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__PREDICATE__PREDICATE_TEXT_MATCHES:
      self = .matches(context.text(wire.pointee.text_matches?.pointee.regex))
    case MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__PREDICATE__PREDICATE_TEXT_NOT_MATCHES:
      self = .notMatches(context.text(wire.pointee.text_not_matches?.pointee.regex))
    default: throw Self.invalid("predicate", "is not known: Unknown predicate type")
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    switch self {
    case .exists:
      wire.pointee.predicate_case = MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__PREDICATE__PREDICATE_EXISTS
      wire.pointee.exists = context.make(
        Mesos__V1__Scheduler__AttributeConstraint__Predicate__Exists.self,
        mesos__v1__scheduler__attribute_constraint__predicate__exists__descriptor_address())
    case .notExists:
      wire.pointee.predicate_case =
        MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__PREDICATE__PREDICATE_NOT_EXISTS
      wire.pointee.not_exists = context.make(
        Mesos__V1__Scheduler__AttributeConstraint__Predicate__NotExists.self,
        mesos__v1__scheduler__attribute_constraint__predicate__not_exists__descriptor_address())
    case .equals(let text):
      let message = context.make(
        Mesos__V1__Scheduler__AttributeConstraint__Predicate__TextEquals.self,
        mesos__v1__scheduler__attribute_constraint__predicate__text_equals__descriptor_address())
      message.pointee.value = context.text(text)
      wire.pointee.predicate_case =
        MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__PREDICATE__PREDICATE_TEXT_EQUALS
      wire.pointee.text_equals = message
    case .notEquals(let text):
      let message = context.make(
        Mesos__V1__Scheduler__AttributeConstraint__Predicate__TextNotEquals.self,
        mesos__v1__scheduler__attribute_constraint__predicate__text_not_equals__descriptor_address())
      message.pointee.value = context.text(text)
      wire.pointee.predicate_case =
        MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__PREDICATE__PREDICATE_TEXT_NOT_EQUALS
      wire.pointee.text_not_equals = message
    case .matches(let pattern):
      let message = context.make(
        Mesos__V1__Scheduler__AttributeConstraint__Predicate__TextMatches.self,
        mesos__v1__scheduler__attribute_constraint__predicate__text_matches__descriptor_address())
      message.pointee.regex = context.text(pattern)
      wire.pointee.predicate_case =
        MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__PREDICATE__PREDICATE_TEXT_MATCHES
      wire.pointee.text_matches = message
    case .notMatches(let pattern):
      let message = context.make(
        Mesos__V1__Scheduler__AttributeConstraint__Predicate__TextNotMatches.self,
        mesos__v1__scheduler__attribute_constraint__predicate__text_not_matches__descriptor_address())
      message.pointee.regex = context.text(pattern)
      wire.pointee.predicate_case =
        MESOS__V1__SCHEDULER__ATTRIBUTE_CONSTRAINT__PREDICATE__PREDICATE_TEXT_NOT_MATCHES
      wire.pointee.text_not_matches = message
    }
  }
}
