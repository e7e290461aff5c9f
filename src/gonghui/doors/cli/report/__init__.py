"""What the commands tell of a store's decisions: sums, explanations, workbook, HTML report."""
