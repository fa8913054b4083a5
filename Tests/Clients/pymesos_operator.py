"""An operator on pymesos, who asks a master and its one agent, both given as HOST:PORT; ends with 0 if all answers are as from
Mesos.
"""

import sys
import time

from pymesos import MesosOperatorAgentDriver, MesosOperatorMasterDriver


def check(name, answer, condition):
    if not condition(answer):
        raise SystemExit("%s: %s" % (name, answer))
    print("%s: as it should be" % name, flush=True)


def ask_agent(address):
    driver = MesosOperatorAgentDriver(address)
    check("getHealth of the agent", driver.getHealth(), lambda a: a["get_health"]["healthy"])
    check("getVersion of the agent", driver.getVersion(), lambda a: a["get_version"]["version_info"]["version"] == "1.11.0")
    check("getFlags of the agent", driver.getFlags(),
          lambda a: {"name": "port", "value": address.split(":")[1]} in a["get_flags"]["flags"])
    check("getContainers of the agent", driver.getContainers(), lambda a: a["type"] == "GET_CONTAINERS")
    check("getFrameworks of the agent", driver.getFrameworks(), lambda a: a["get_frameworks"]["frameworks"] == [])
    check("getExecutors of the agent", driver.getExecutors(), lambda a: a["get_executors"]["executors"] == [])
    check("getTasks of the agent", driver.getTasks(), lambda a: a["get_tasks"]["launched_tasks"] == [])
    check("getState of the agent", driver.getState(), lambda a: a["get_state"]["get_tasks"]["queued_tasks"] == [])


def main(master, agent_address):
    driver = MesosOperatorMasterDriver(master)
    end = time.time() + 30
    while not driver.getAgents()["get_agents"]["agents"] and time.time() < end:
        time.sleep(0.1)
    check("getHealth", driver.getHealth(), lambda a: a["get_health"]["healthy"])
    check("getVersion", driver.getVersion(), lambda a: a["get_version"]["version_info"]["version"] == "1.11.0")
    check("getMaster", driver.getMaster(), lambda a: a["get_master"]["master_info"]["port"] == int(master.split(":")[1]))
    agents = driver.getAgents()
    check("getAgents", agents, lambda a: a["get_agents"]["agents"][0]["active"])
    agent = agents["get_agents"]["agents"][0]
    check("getAgents", agent, lambda a: a["agent_info"]["id"]["value"] and a["total_resources"])
    check("getFrameworks", driver.getFrameworks(), lambda a: a["get_frameworks"]["frameworks"] == [])
    check("getExecutors", driver.getExecutors(), lambda a: a["get_executors"]["executors"] == [])
    check("getTasks", driver.getTasks(), lambda a: a["get_tasks"]["tasks"] == [])
    check("getState", driver.getState(), lambda a: a["get_state"]["get_agents"]["agents"][0]["active"])
    driver.updateWeights([{"role": "dev", "weight": 2.5}])
    check("getWeights", driver.getWeights(), lambda a: a["get_weights"]["weight_infos"] == [{"role": "dev", "weight": 2.5}])
    check("getRoles", driver.getRoles(), lambda a: a["get_roles"]["roles"][0]["name"] == "dev")
    check("getQuota", driver.getQuota(), lambda a: a["get_quota"]["status"] == {})
    check("getMetrics", driver.getMetrics(2 * 10**9),
          lambda a: {"name": "master/slaves_active", "value": 1.0} in a["get_metrics"]["metrics"])
    check("getLoggingLevel", driver.getLoggingLevel(), lambda a: a["get_logging_level"]["level"] == 0)
    driver.setLoggingLevel(1, 60 * 10**9)
    check("setLoggingLevel", driver.getLoggingLevel(), lambda a: a["get_logging_level"]["level"] == 1)
    driver.setLoggingLevel(0, 60 * 10**9)
    machine = {"hostname": agent["agent_info"]["hostname"]}
    start = {"nanoseconds": int((time.time() + 3600) * 1e9)}
    driver.updateMaintenanceSchedule([{"machine_ids": [machine], "unavailability": {"start": start}}])
    check("getMaintenanceSchedule", driver.getMaintenanceSchedule(),
          lambda a: a["get_maintenance_schedule"]["schedule"]["windows"][0]["machine_ids"] == [machine])
    check("getMaintenanceStatus", driver.getMaintenanceStatus(),
          lambda a: a["get_maintenance_status"]["status"]["draining_machines"][0]["id"] == machine)
    driver.updateMaintenanceSchedule([])
    ask_agent(agent_address)


if __name__ == "__main__":
    main(*sys.argv[1:])
