-- Where the 全辖 row of a prefecture or the province lies more than 0.5 % from the sum of its units: shown, never corrected.
-- grain: amount, region_id, debt_period
-- `debt_period` is the first day of the quarter's last month, of a year its December. The sum is what counts;
-- `difference_pct` is (全辖 − sum) ÷ sum, null where the sum is zero. Of the province the sum holds stand-ins.
select
    found.amount,
    found.region_id,
    found.region_level,
    found.period as debt_period,
    found.units_fen,
    found.whole_fen,
    round((cast(found.whole_fen as double) - found.units_fen) / nullif(found.units_fen, 0) * 100, 9) as difference_pct
from core.debt_region as found
cross join ref.parameter as parameter
where
    abs(cast(found.whole_fen as double) - found.units_fen) * 100
    > parameter.debt_check_pct * cast(found.units_fen as double)
