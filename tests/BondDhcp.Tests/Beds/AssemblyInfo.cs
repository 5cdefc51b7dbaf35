using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

// Tests in namespaces mostly wait; more at once than this would make their deadlines depend on the machine.
[assembly: Xunit.CollectionBehavior(MaxParallelThreads = 4)]
