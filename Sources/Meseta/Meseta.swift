// All that a program needs to write a framework, to test it in a simulated cluster and to run it on a cluster in this
// process. It builds without NIO; services, and masters and agents in other processes, are in MesetaService.

@_exported public import MesetaAgent
@_exported public import MesetaFramework
@_exported public import MesetaHost
@_exported public import MesetaMaster
@_exported public import MesetaModel
@_exported public import MesetaProtocol
@_exported public import MesetaRuntime
@_exported public import MesetaSimulation
