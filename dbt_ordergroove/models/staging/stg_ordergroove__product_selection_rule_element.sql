{{ og_staging('product_selection_rule_element') }}
