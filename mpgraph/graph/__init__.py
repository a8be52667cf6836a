"""CalculatorGraph: the public API above the runtime and profiling."""
