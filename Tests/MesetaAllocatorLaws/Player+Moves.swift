// What happens to offers and tasks.

import MesetaAllocator
import MesetaModel
import MesetaRuntime

extension Player {
  /// A task that an agent comes back with.
  mutating func addUsed() {
    guard let agent = pick(agents), let framework = pick(frameworks), let role = pick(setting.roles) else {
      return
    }
    var resources = Resources(["cpus": Scalar(1), "mem": Scalar(50 * (1 + draw(4)))])
    if setting.has(.shared), generator.oneIn(3) {
      resources = Resources([Resource("disk", .scalar(Scalar(50)), traits: Traits.sharedVolume)])
      guard role.hasPrefix("a") else { return }
    }
    guard let slot = allocator.addUsed(agent, framework, role: role, resources) else { return }
    let task = Held(agent: agent, framework: framework, role: slot, resources: resources)
    naive.change(agent, Client(framework: framework, role: role)) { $0.used.append(resources) }
    tasks.append(task)
    tell { "a task was there: \($0.name(task))" }
  }

  mutating func accept() throws(Violation) {
    guard let index = pickIndex(of: offers.count) else { return }
    let offer = offers.remove(at: index)
    var part = Resources()
    for var resource in offer.resources where !generator.oneIn(3) {
      if case .scalar(let scalar) = resource.value, resource.isDivisible(with: resource), generator.oneIn(2) {
        resource.value = .scalar(Scalar(milli: scalar.milli / 2))
      }
      part.add(resource)
    }
    let task = Held(agent: offer.agent, framework: offer.framework, role: offer.role, resources: part)
    tell { "accept \($0.name(task))" }
    let client = try client(offer)
    guard allocator.use(offer.agent, offer.framework, offer.role, part) else {
      throw Violation("what is offered cannot be used")
    }
    let rest = offer.resources - part
    naive.change(offer.agent, client) {
      $0.replaceOffered(offer.resources, by: rest)
      $0.used.append(part)
    }
    if !part.isEmpty { tasks.append(task) }
    let returned = Held(
      agent: offer.agent, framework: offer.framework, role: offer.role, resources: rest)
    if !rest.isEmpty { try decline(returned, refuse: refusal()) }
  }

  mutating func finish() throws(Violation) {
    guard let index = pickIndex(of: tasks.count) else { return }
    try finish(tasks.remove(at: index))
  }

  mutating func finish(_ task: Held) throws(Violation) {
    tell { "end \($0.name(task))" }
    let client = try client(task)
    guard allocator.recoverUsed(task.agent, task.framework, task.role, task.resources) else {
      throw Violation("what is used cannot be recovered")
    }
    naive.change(task.agent, client) { holding in
      if let index = holding.used.firstIndex(of: task.resources) { holding.used.remove(at: index) }
    }
    naive.forgetUnused()
  }

  mutating func decline() throws(Violation) {
    guard let index = pickIndex(of: offers.count) else { return }
    let offer = offers.remove(at: index)
    try decline(offer, refuse: refusal())
  }

  mutating func decline(_ offer: Held, refuse: Span?) throws(Violation) {
    tell { "decline \($0.name(offer))" + (refuse.map { ", for \($0)" } ?? "") }
    let client = try client(offer)
    guard
      allocator.recoverOffered(
        offer.agent, offer.framework, offer.role, offer.resources, refuse: refuse, now: now)
    else { throw Violation("what is offered cannot be declined") }
    naive.change(offer.agent, client) { $0.replaceOffered(offer.resources, by: Resources()) }
    if let refuse, refuse > .zero, naive.frameworks[client.framework]?.roles.contains(client.role) == true {
      let filter = NaiveAllocator.Filter(resources: offer.resources, until: now + refuse)
      naive.agents[offer.agent]?.filters[client, default: []].append(filter)
    }
    naive.forgetUnused()
  }

  private mutating func refusal() -> Span? {
    let refusals: [Span?] = [nil, .zero, .seconds(1), .seconds(5), .seconds(20), .seconds(20)]
    return setting.has(.filters) ? refusals[draw(refusals.count)] : nil
  }
}

extension NaiveAllocator.Holding {
  mutating func replaceOffered(_ piece: Resources, by rest: Resources) {
    guard let index = offered.firstIndex(of: piece) else { return }
    if rest.isEmpty { offered.remove(at: index) } else { offered[index] = rest }
  }
}
