// Messages in protobuf's text format that the codec tests share: one of each kind of field and nesting.

import Testing

struct Golden: Sendable, CustomTestStringConvertible {
  var message: String
  var text: String
  var testDescription: String { message }

  static let all = [subscribe, accept, decline, offers, update, task, attach, drain, constraints, empty]

  static let subscribe = Golden(
    message: "mesos.v1.scheduler.Call",
    text: """
      framework_id { value: "f-1" }
      type: SUBSCRIBE
      subscribe {
        framework_info {
          user: "root"
          name: "b\\303\\244tch \\342\\202\\254 \\360\\237\\232\\200"
          id { value: "f-1" }
          failover_timeout: 604800.25
          checkpoint: true
          roles: "eng/ci"
          roles: "*"
          capabilities { type: MULTI_ROLE }
          capabilities { type: PARTITION_AWARE }
          labels { labels { key: "team" value: "a\\tb\\"c\\\\d" } labels { key: "bare" } }
          offer_filters {
            key: "eng/ci"
            value {
              min_allocatable_resources {
                quantities { quantities { key: "cpus" value { value: 0.5 } } }
              }
            }
          }
        }
        suppressed_roles: "*"
      }
      """)

  static let accept = Golden(
    message: "mesos.v1.scheduler.Call",
    text: """
      framework_id { value: "f-1" }
      type: ACCEPT
      accept {
        offer_ids { value: "o-1" }
        offer_ids { value: "o-2" }
        operations {
          type: LAUNCH
          launch {
            task_infos {
              name: "sum"
              task_id { value: "t-1" }
              agent_id { value: "a-1" }
              resources { name: "cpus" type: SCALAR scalar { value: 0.1 } allocation_info { role: "eng/ci" } }
              resources { name: "ports" type: RANGES ranges { range { begin: 31000 end: 31002 } range { begin: 32000 end: 32000 } } }
              resources { name: "tags" type: SET set { item: "x" item: "y" } }
              command { value: "sha256sum /etc/hostname" shell: false arguments: "sha256sum" arguments: "/etc/hostname"
                environment { variables { name: "A" value: "" } } }
              data: "\\000\\001\\377"
              limits { key: "mem" value { value: 128 } }
              limits { key: "cpus" value { value: inf } }
            }
          }
        }
        filters { refuse_seconds: 0 }
      }
      """)

  static let decline = Golden(
    message: "mesos.v1.scheduler.Call",
    text: """
      framework_id { value: "f-1" } type: DECLINE
      decline { offer_ids { value: "o-9" } filters { refuse_seconds: 1e-7 } }
      """)

  static let offers = Golden(
    message: "mesos.v1.scheduler.Event",
    text: """
      type: OFFERS
      offers {
        offers {
          id { value: "o-1" } framework_id { value: "f-1" } agent_id { value: "a-1" } hostname: "h"
          url { scheme: "http" address { hostname: "h" ip: "10.0.0.1" port: 5051 } path: "/agent" }
          attributes { name: "rack" type: TEXT text { value: "r1" } }
          resources {
            name: "disk" type: SCALAR scalar { value: 16384 }
            reservations { type: DYNAMIC role: "eng" principal: "p" labels { labels { key: "k" value: "v" } } }
            disk { persistence { id: "v1" principal: "p" } volume { container_path: "data" mode: RW } }
            shared {}
          }
          executor_ids { value: "e" }
          domain { fault_domain { region { name: "r" } zone { name: "z" } } }
        }
      }
      """)

  static let update = Golden(
    message: "mesos.v1.scheduler.Event",
    text: """
      type: UPDATE
      update {
        status {
          task_id { value: "t-1" } state: TASK_FAILED source: SOURCE_EXECUTOR
          reason: REASON_COMMAND_EXECUTOR_FAILED message: "exited with status 1" uuid: "0123456789abcdef"
          timestamp: 1606232317.123456 healthy: false
          container_status { container_id { value: "c" parent { value: "p" } } executor_pid: 4294967295 }
        }
      }
      """)

  static let task = Golden(
    message: "mesos.v1.Task",
    text: """
      name: "" task_id { value: "t" } framework_id { value: "f" } agent_id { value: "a" } state: TASK_RUNNING
      statuses { task_id { value: "t" } state: TASK_STARTING }
      statuses { task_id { value: "t" } state: TASK_RUNNING }
      """)

  static let attach = Golden(
    message: "mesos.v1.agent.Call",
    text: """
      type: ATTACH_CONTAINER_INPUT
      attach_container_input {
        type: PROCESS_IO
        process_io { type: DATA data { type: STDIN data: "hello\\n" } }
      }
      """)

  static let drain = Golden(
    message: "mesos.v1.master.Call",
    text: """
      type: DRAIN_AGENT
      drain_agent { agent_id { value: "a" } max_grace_period { seconds: -9223372036854775808 nanos: -1 } }
      """)

  static let constraints = Golden(
    message: "mesos.v1.scheduler.OfferConstraints",
    text: """
      role_constraints {
        key: "eng"
        value {
          groups {
            attribute_constraints { selector { pseudoattribute_type: ZONE } predicate { exists {} } }
            attribute_constraints { selector { attribute_name: "rack" } predicate { text_equals { value: "r1" } } }
          }
        }
      }
      """)

  static let empty = Golden(message: "mesos.v1.scheduler.Call", text: "")
}
