"""What the API's answers look like; FastAPI writes the OpenAPI document from these. Timestamps are UTC, ISO 8601 with Z."""

from datetime import date
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Row = TypeVar("Row", bound=BaseModel)
Tier = Literal["bronze", "silver", "gold"]
Cursor = Annotated[str, Field(description="opaque; taken back as `cursor`")]


class Answer(BaseModel):
    """Nothing beside what is documented."""

    model_config = ConfigDict(extra="forbid")


class Household(Answer):
    """A profile as it is now; the demographics are null where the household did not tell."""

    household_id: int
    enrolled_at: AwareDatetime
    home_store_id: int
    tier: Tier
    age: str | None
    income: str | None
    home_ownership: str | None
    marital_status: str | None
    household_size: str | None
    household_comp: str | None
    kids_count: str | None
    updated_at: AwareDatetime


class HouseholdEvent(Answer):
    """One thing that changed; `home_store_id` is null for `tier_changed`, `tier` for `home_store_changed`."""

    event_id: int
    household_id: int
    event_type: Literal["enrolled", "home_store_changed", "tier_changed"]
    occurred_at: AwareDatetime
    home_store_id: int | None
    tier: Tier | None


class Campaign(Answer):
    """A campaign, known from its first day on."""

    campaign_id: int
    campaign_type: str
    start_date: date
    end_date: date
    updated_at: AwareDatetime


class CampaignMembership(Answer):
    """A household that received a campaign."""

    campaign_id: int
    household_id: int
    updated_at: AwareDatetime


class Coupon(Answer):
    """A product that a campaign's coupon is good for. The list has exact duplicates and no key."""

    coupon_upc: str
    product_id: int
    campaign_id: int


class Redemption(Answer):
    """A household's use of a coupon on a local day."""

    household_id: int
    coupon_upc: str
    campaign_id: int
    redemption_date: date
    updated_at: AwareDatetime


class Page(Answer, Generic[Row]):
    """Some rows, in order; `next_cursor` is null on the last page; `total` counts the rows of all pages."""

    data: list[Row]
    next_cursor: Cursor | None
    total: int


class Cursors(Answer):
    """The cursor of every page of the same `limit` and `updated_since`, so that pages can be fetched at once."""

    cursors: list[Cursor]
    total: int


class Token(Answer):
    """An access token; `expires_in` in seconds."""

    access_token: str
    token_type: Literal["bearer"]
    expires_in: int


class Health(Answer):
    """The grocer's clock as this server shows it: `as_of` is the first moment that is not visible any more."""

    status: Literal["ok"]
    as_of: AwareDatetime
    as_of_date: date
    households: int | None
    process_id: int


class ProblemDetails(BaseModel):
    """RFC 9457."""

    model_config = ConfigDict(extra="allow")
    type: str
    title: str
    status: int
    detail: str
    instance: str
