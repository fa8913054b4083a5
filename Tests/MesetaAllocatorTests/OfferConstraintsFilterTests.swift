// What offer constraints exclude, and which are not taken.

import MesetaModel
import Testing

@testable import MesetaAllocator

@Suite struct OfferConstraintsFilterTests {
  private func agent(_ attributes: String = "", hostname: String = "host", domain: FaultDomain? = nil) throws
    -> AgentTraits
  {
    AgentTraits(hostname: hostname, domain: domain, attributes: try Attribute.parse(attributes))
  }

  /// Whether an agent with these attributes is offered to a role with the constraint.
  private func isOffered(_ attributes: String, _ predicate: AttributeConstraint.Predicate) throws -> Bool {
    let filter = try OfferConstraintsFilter(["r": [[.where(.attribute("bar"), predicate)]]])
    return !filter.excludes(try agent(attributes), from: "r")
  }

  private func problem(
    _ constraints: OfferConstraints, _ limits: OfferConstraintsFilter.Limits = .init()
  ) -> String? {
    do {
      _ = try OfferConstraintsFilter(constraints, limits: limits)
      return nil
    } catch { return error.description }
  }

  private func problem(withRegex pattern: String) -> String? {
    problem(["r": [[.where(.attribute("bar"), .notMatches(pattern))]]])
  }

  // MARK: Predicates

  @Test func anAttributeExistsWhateverItsValue() throws {
    #expect(try isOffered("bar:x", .exists))
    #expect(try isOffered("bar:[1-2]", .exists))
    #expect(try !isOffered("foo:x", .exists))
    #expect(try isOffered("foo:x", .notExists))
    #expect(try !isOffered("bar:x", .notExists))
    #expect(try !isOffered("bar:1.5", .notExists))
  }

  @Test func aTextIsEqualOrNot() throws {
    #expect(try isOffered("bar:baz", .equals("baz")))
    #expect(try !isOffered("bar:foo", .equals("baz")))
    #expect(try !isOffered("foo:baz", .equals("baz")))
    #expect(try !isOffered("bar:baz", .notEquals("baz")))
    #expect(try isOffered("bar:foo", .notEquals("baz")))
    #expect(try isOffered("foo:baz", .notEquals("baz")))
  }

  @Test func aPatternMatchesTheWholeText() throws {
    #expect(try isOffered("bar:abc", .matches("[a-c]+")))
    #expect(try !isOffered("bar:abcd", .matches("[a-c]+")))
    #expect(try !isOffered("bar:abc", .matches("b")))
    #expect(try !isOffered("foo:abc", .matches(".*")))
    #expect(try !isOffered("bar:abc", .notMatches("[a-c]+")))
    #expect(try isOffered("bar:abcd", .notMatches("[a-c]+")))
    #expect(try isOffered("foo:abc", .notMatches("[a-c]+")))
  }

  @Test(arguments: ["123", "1.5", "[1-3]", "{a,b}"])
  func whatIsNoTextIsExcludedByNoText(_ value: String) throws {
    let predicates: [AttributeConstraint.Predicate] = [
      .equals("x"), .notEquals("x"), .matches("x"), .notMatches(".*"), .equals(value), .notEquals(value),
    ]
    for predicate in predicates { #expect(try isOffered("bar:\(value)", predicate), "\(predicate)") }
  }

  @Test func ofAttributesOfOneNameTheFirstCounts() throws {
    #expect(try isOffered("bar:baz;bar:foo", .equals("baz")))
    #expect(try isOffered("bar:123;bar:foo", .equals("baz")))
    #expect(try !isOffered("bar:foo;bar:baz", .equals("baz")))
    #expect(try !isOffered("bar:foo;bar:123", .equals("baz")))
  }

  @Test func textsAreComparedByteForByte() throws {
    let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
    #expect(composed == decomposed)
    #expect(try isOffered("bar:\(composed)", .equals(composed)))
    #expect(try !isOffered("bar:\(decomposed)", .equals(composed)))
    #expect(try !isOffered("bar:\(decomposed)", .matches(composed)))
    let named = try OfferConstraintsFilter(["r": [[.where(.attribute(composed), .exists)]]])
    #expect(try named.excludes(agent("\(decomposed):x"), from: "r"))
    let patterns: OfferConstraints = [
      "r": [[.where(.attribute("bar"), .matches(composed)), .where(.attribute("baz"), .matches(decomposed))]]
    ]
    let filter = try OfferConstraintsFilter(patterns)
    #expect(try !filter.excludes(agent("bar:\(composed);baz:\(decomposed)"), from: "r"))
  }

  @Test func hostnameRegionAndZoneAreSelected() throws {
    let here = FaultDomain(region: "eu", zone: "a")
    let constraints: [AttributeConstraint] = [
      .where(.hostname, .matches("db-[0-9]+")), .where(.region, .equals("eu")),
      .where(.zone, .notEquals("b")),
    ]
    let filter = try OfferConstraintsFilter(["r": [constraints]])
    #expect(try !filter.excludes(agent(hostname: "db-12", domain: here), from: "r"))
    #expect(try filter.excludes(agent(hostname: "web-1", domain: here), from: "r"))
    #expect(
      try filter.excludes(agent(hostname: "db-12", domain: FaultDomain(region: "us", zone: "a")), from: "r"))
    #expect(
      try filter.excludes(agent(hostname: "db-12", domain: FaultDomain(region: "eu", zone: "b")), from: "r"))
    #expect(try filter.excludes(agent(hostname: "db-12"), from: "r"), "no region")
    let elsewhere = try OfferConstraintsFilter(["r": [[.where(.zone, .notExists)]]])
    #expect(try elsewhere.excludes(agent(domain: here), from: "r"))
    #expect(try !elsewhere.excludes(agent("zone:b"), from: "r"), "an attribute of that name is none")
  }

  // MARK: Groups and roles

  @Test func allOfAGroupAreToBeFulfilled() throws {
    let filter = try OfferConstraintsFilter([
      "r": [[.where(.attribute("foo"), .exists), .where(.attribute("bar"), .notExists)]]
    ])
    #expect(try filter.excludes(agent(), from: "r"))
    #expect(try !filter.excludes(agent("foo:1"), from: "r"))
    #expect(try filter.excludes(agent("bar:1"), from: "r"))
    #expect(try filter.excludes(agent("bar:1;foo:1"), from: "r"))
    #expect(try !filter.excludes(agent("baz:1;foo:1"), from: "r"))
  }

  @Test func oneGroupIsEnough() throws {
    let filter = try OfferConstraintsFilter([
      "r": [[.where(.attribute("foo"), .exists)], [.where(.attribute("bar"), .notExists)]]
    ])
    #expect(try !filter.excludes(agent(), from: "r"))
    #expect(try !filter.excludes(agent("baz:1"), from: "r"))
    #expect(try filter.excludes(agent("bar:1"), from: "r"))
    #expect(try !filter.excludes(agent("bar:1;foo:1"), from: "r"))
  }

  @Test func eachRoleHasItsOwn() throws {
    let filter = try OfferConstraintsFilter([
      "a": [[.where(.attribute("foo"), .exists)]], "b": [[.where(.attribute("bar"), .exists)]],
    ])
    #expect(try filter.excludes(agent("bar:1"), from: "a"))
    #expect(try !filter.excludes(agent("foo:1"), from: "a"))
    #expect(try !filter.excludes(agent("bar:1"), from: "b"))
    #expect(try filter.excludes(agent("foo:1"), from: "b"))
    #expect(try !filter.excludes(agent(), from: "c"), "a role that is not named is offered everything")
  }

  @Test func noConstraintsExcludeNothing() throws {
    #expect(try !OfferConstraintsFilter([:]).excludes(agent(), from: "r"))
    #expect(try !OfferConstraintsFilter.none.excludes(agent(), from: "r"))
  }

  // MARK: What is not taken

  @Test func emptyListsAreNotTaken() {
    #expect(
      problem(["r": []])
        == "Offer constraints are not valid: 'OfferConstraints::role_constraints' has an empty "
        + "'RoleConstraints::groups' for role r")
    #expect(
      problem(["r": [[.where(.hostname, .exists)], []]])
        == "Offer constraints are not valid: 'OfferConstraints::RoleConstraints::groups' for role r contains an "
        + "empty RoleConstraints::Group")
  }

  @Test func whatIsNoPatternIsNotTaken() {
    let prefix = "Offer constraints are not valid: A role r has an invalid 'AttributeConstraint': "
    #expect(
      problem(withRegex: "[a-d")
        == prefix + "Failed to construct regex from pattern '[a-d': missing ]: [a-d")
    #expect(problem(["r": [[.where(.attribute("bar"), .matches("[a-d"))]]]) != nil)
    #expect(problem(withRegex: "(a)\\1")?.contains("invalid escape sequence: \\1") == true)
    #expect(problem(withRegex: "a(?=b)")?.contains("invalid perl operator") == true)
  }

  @Test func aPatternThatIsTooLargeIsNotTaken() {
    #expect(problem(withRegex: "(a+){10}") == nil)
    #expect(
      problem(withRegex: "(a+){50}")?.hasSuffix(
        "Regex '(a+){50}' is too complex: program size of 204 is larger than maximum of 100 allowed") == true)
    #expect(problem(withRegex: "(a+){500}")?.contains("pattern too large - compile failed") == true)
  }

  @Test func theLimitsAreTheMasters() {
    let constraints: OfferConstraints = ["r": [[.where(.hostname, .matches("(a+){50}"))]]]
    #expect(problem(constraints, .init(regexProgramSize: 500)) == nil)
    #expect(problem(constraints, .init(regexMemory: 1024, regexProgramSize: 500)) != nil)
  }

  @Test func patternsAreCountedOnce() {
    func constraints(_ patterns: [String]) -> OfferConstraints {
      ["r": patterns.map { [.where(.hostname, .matches($0)), .where(.zone, .notMatches($0))] }]
    }
    #expect(problem(constraints(["a", "b"]), .init(regexes: 2)) == nil)
    #expect(
      problem(constraints(["a", "b", "c"]), .init(regexes: 2))?
        .hasSuffix("there are more than 2 different regexes in the constraints") == true)
  }
}
