// Nodes that stand still for a while, or handle late what they are told.

import MesetaProtocol
public import MesetaRuntime

extension Simulation {
  /// A process stands still, as one that was sent SIGSTOP. Its sessions stay open, and what it is told waits.
  public mutating func pause(_ name: NodeName, for span: Span) {
    guard let id = node(name), nodes[id.index].isUp else { return }
    note(id, "stands still for \(span)")
    hold(id, until: now + span)
  }

  /// A node takes its time for each batch of inputs, for a while.
  ///
  /// - Parameter delay: How long it is busy with each; drawn.
  public mutating func slowDown(_ name: NodeName, by delay: ClosedRange<Span>, for span: Span) {
    guard let id = node(name) else { return }
    note(id, "is slow for \(span)")
    nodes[id.index].slowness = delay
    nodes[id.index].slowUntil = now + span
  }

  /// A node handles nothing until then.
  mutating func hold(_ id: NodeID, until time: Instant) {
    guard time > nodes[id.index].busyUntil else { return }
    nodes[id.index].busyUntil = time
    events.add(Event.resume(id, life: nodes[id.index].life), at: time)
  }

  /// A node that was busy takes what has come meanwhile.
  mutating func resume(_ id: NodeID, _ life: Int) {
    guard isAlive(id, life), nodes[id.index].busyUntil <= now else { return }
    if nodes[id.index].role == .master { mayLeadAgain() }
    // As in its host: what waits to be read comes before what is due.
    if isWakeDue(id) { nodes[id.index].inbox.append(.wake) }
    if !nodes[id.index].inbox.isEmpty { touched.append(id) }
  }

  /// A slow node is busy for a while after each batch.
  mutating func tire(_ id: NodeID) {
    guard nodes[id.index].slowUntil > now else { return }
    hold(id, until: now + nodes[id.index].random.draw(nodes[id.index].slowness))
  }
}
