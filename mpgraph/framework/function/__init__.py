"""Plain functions as calculators: `@mp.calculator`."""
