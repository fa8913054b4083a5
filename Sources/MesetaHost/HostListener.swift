// Who listens to a machine that ends by itself: a framework's or an executor's.

/// Who is told what a driver and what it drives have to say: on the host's executor, between two batches.
package struct HostListener<Report: Sendable, Reason: Sendable>: Sendable {
  let reported: @Sendable (Report) -> Void
  let ended: @Sendable (Reason) -> Void

  package init(_ reported: @escaping @Sendable (Report) -> Void, ended: @escaping @Sendable (Reason) -> Void)
  {
    self.reported = reported
    self.ended = ended
  }
}
