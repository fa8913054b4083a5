import MesetaHTTP
import MesetaModel
import Testing

/// Metrics, in all their forms.
@Suite(.timeLimit(.minutes(5))) struct MetricsTests {
  /// Names that a real master has without frameworks, of each kind.
  private let names = [
    "allocator/mesos/allocation_runs", "allocator/mesos/resources/cpus/offered_or_allocated",
    "allocator/mesos/resources/disk/total", "master/cpus_percent", "master/mem_revocable_used",
    "master/dropped_messages", "master/elected", "master/event_queue_dispatches",
    "master/event_queue_http_requests", "master/event_queue_messages", "master/frameworks_active",
    "master/frameworks_disconnected",
    "master/http_cache_hits",
    "master/invalid_executor_to_framework_messages", "master/invalid_framework_to_executor_messages",
    "master/invalid_operation_status_update_acknowledgements", "master/messages_authenticate",
    "master/messages_decline_offers", "master/messages_executor_to_framework",
    "master/messages_exited_executor", "master/messages_kill_task", "master/messages_launch_tasks",
    "master/messages_operation_status_update_acknowledgement", "master/messages_reconcile_tasks",
    "master/messages_register_framework", "master/messages_register_slave",
    "master/messages_reregister_slave", "master/messages_resource_request", "master/messages_status_update",
    "master/messages_suppress_offers", "master/messages_unregister_framework", "master/messages_update_slave",
    "master/operations/reserve/finished", "master/operations/total", "master/outstanding_offers",
    "master/slave_registrations", "master/slave_removals", "master/slave_removals/reason_unhealthy",
    "master/slave_unreachable_scheduled", "master/slaves_active", "master/slaves_unreachable",
    "master/tasks_error", "master/tasks_gone_by_operator", "master/tasks_killing", "master/tasks_running",
    "master/tasks_unreachable", "master/uptime_secs", "master/valid_framework_to_executor_messages",
    "master/valid_status_update_acknowledgements", "registrar/queued_operations", "system/cpus_total",
    "system/load_15min", "system/mem_free_bytes",
  ]

  @Test func anIdleMasterHasTheMetricsOfARealOne() async throws {
    try await withMaster { master in
      let reply = try await master.ask(get("/metrics/snapshot?timeout=1secs"))
      #expect(reply.head.fields["content-type"] == "application/json")
      let metrics = try JSONValue(reply.body)
      for name in names { #expect(metrics[name].number != nil, "\(name) is missing") }
      #expect(metrics["master/elected"].number == 1)
      #expect(metrics["system/cpus_total"].number ?? 0 >= 1)
      #expect(try await master.ask(get("/metrics/snapshot?timeout=soon")).status == 400)
      #expect(try await master.ask(get("/metrics/snapshot?jsonp=f")).text.hasPrefix("f({"))
    }
  }

  @Test func whatHappensIsCounted() async throws {
    try await withCluster { address in
      let framework = try await Subscription.open(at: address)
      #expect(try await framework.launch("long", "sleep 1000", on: try await framework.offer()).status == 202)
      let early = ["TASK_STAGING", "TASK_STARTING"]
      #expect(try await framework.state(of: "long", after: early) == "TASK_RUNNING")
      #expect(try await framework.launch("short", "true", on: try await framework.offer()).status == 202)
      #expect(try await framework.state(of: "short", after: early + ["TASK_RUNNING"]) == "TASK_FINISHED")
      let third = try await framework.offer()
      #expect(try await framework.launch("large", "true", on: third, cpus: 100).status == 202)
      #expect(try await framework.update(of: "large")["state"].text == "TASK_ERROR")
      #expect(try await framework.call("REVIVE").status == 202)

      let client = try await RawClient.connect(to: address)
      let metrics = try JSONValue(try await client.ask(get("/metrics/snapshot")).body)
      let expected: [(String, Double)] = [
        ("master/slaves_active", 1), ("master/slave_registrations", 1),
        ("master/frameworks_active", 1), ("master/messages_register_framework", 1),
        ("master/tasks_running", 1), ("master/tasks_finished", 1), ("master/tasks_error", 1),
        ("master/messages_launch_tasks", 3), ("master/messages_revive_offers", 1),
        ("master/task_error/source_master/reason_task_invalid", 1), ("master/cpus_total", 2),
        ("master/cpus_used", 0.1), ("master/cpus_percent", 0.05), ("master/mem_used", 32),
        ("master/invalid_status_updates", 0),
      ]
      for (name, value) in expected { #expect(metrics[name].number == value, "\(name)") }
      // An agent that has waited long for the answer has asked again.
      #expect(metrics["master/messages_register_slave"].number ?? 0 >= 1)
      #expect(metrics["allocator/mesos/allocation_runs"].number ?? 0 > 1)
      #expect(metrics["allocator/mesos/roles/*/shares/dominant"].number != nil)
      for timer in ["allocation_run_ms", "allocation_run_latency_ms"] {
        let name = "allocator/mesos/\(timer)"
        #expect(metrics[name].number ?? -1 >= 0)
        #expect(metrics["\(name)/count"].number ?? 0 > 1)
        let (least, most) = (metrics["\(name)/min"].number ?? -1, metrics["\(name)/max"].number ?? -1)
        #expect(least >= 0 && least <= most)
      }
      #expect(metrics["registrar/state_store_ms"].number ?? -1 >= 0)
      #expect(!metrics["registrar/registry_size_bytes"].exists, "nothing is stored")
      let prefix = "master/frameworks/test/\(framework.id)/"
      let own: [(String, Double)] = [
        ("subscribed", 1), ("calls/subscribe", 1), ("calls/accept", 3), ("calls/revive", 1),
        ("events/subscribed", 1), ("offers/accepted", 3), ("operations/launch", 3), ("operations", 3),
        ("tasks/active/task_running", 1), ("tasks/terminal/task_finished", 1),
        ("tasks/terminal/task_error", 1), ("roles/*/suppressed", 0),
      ]
      for (name, value) in own { #expect(metrics[prefix + name].number == value, "\(name)") }

      let call = post(#"{"type": "GET_METRICS", "get_metrics": {}}"#, to: "/api/v1")
      let answer = try JSONValue(try await client.ask(call).body)["get_metrics"]["metrics"]
      #expect(answer.count == metrics.names.count)
      #expect(answer[0].names == ["name", "value"])

      let text = try await client.ask(get("/metrics"))
      #expect(text.head.fields["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
      let lines = text.text.split(separator: "\n")
      #expect(lines.contains("# TYPE mesos_master_tasks_running gauge"))
      #expect(lines.contains("mesos_master_tasks_running 1.0"))
      #expect(lines.contains("# TYPE mesos_master_tasks_finished_total counter"))
      #expect(
        lines.contains(
          "mesos_master_frameworks_calls_accept_total{framework_name=\"test\",framework_id=\"\(framework.id)\"} 3.0"
        ))
      #expect(lines.contains { $0.hasPrefix("mesos_allocator_mesos_roles_shares_dominant{role=\"*\"} ") })
    }
  }
}
