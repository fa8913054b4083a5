// Resources written into source code.

extension Resources: ExpressibleByStringLiteral {
  /// Resources in Mesos's text form, as a literal: `let need: Resources = "cpus:0.5;mem:64"`.
  ///
  /// A literal that is not in that form stops the program, with the reason, when it is first reached: it is a fault
  /// in the source. The parameter is a `StaticString`, so that no text from outside can come here; for those
  /// there is ``init(parsing:defaultRole:)``. Reading takes about a microsecond: keep what is needed often in a
  /// property.
  public init(stringLiteral text: StaticString) {
    do throws(ResourcesSyntaxError) {
      try self.init(parsing: text.description)
    } catch {
      fatalError("resources literal \(error)")  // tidy: a wrong literal is a fault in the source, never input
    }
  }
}
